"""Run a program once for each scenario and each extreme of the jitter, in a fork each.

``run_scenarios.py PROGRAM [NAME ...]``: all of SCENARIOS, or those of LONGER that are named.

Run by the Python of an environment that has one version of ``openai``; uses nothing else. Prints a JSON object: for
each scenario a list of what happened, with the lowest and with the highest jitter.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import runpy
import signal
import sys
import warnings
from typing import Any

import virtual_time
from fault_server import FaultServer
from scenarios import LONGER, SCENARIOS, Policy

CLOCK, DRAW = virtual_time.Clock(), virtual_time.Draw()
EXTREMES = (0.0, 1.0 - 2.0**-53)
REAL_SECONDS = 60  # a scenario that takes longer hangs


def main(program: str, *names: str) -> None:
    virtual_time.install(CLOCK, DRAW)
    for name in [name for name in os.environ if name.upper().endswith("_PROXY") or name.startswith("OPENAI_")]:
        del os.environ[name]
    os.environ["OPENAI_API_KEY"] = "test"
    # All that is loaded on demand is loaded before the forks; the threads of this run have ended then.
    run(program, SCENARIOS["healthy"])
    chosen = {name: LONGER[name] for name in names} or SCENARIOS
    results = {name: [fork(program, policy, extreme) for extreme in EXTREMES] for name, policy in chosen.items()}
    print(json.dumps(results))


def fork(program: str, policy: Policy, extreme: float) -> Any:
    """What ``run`` returns, from a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(REAL_SECONDS)
        DRAW.value = extreme
        os.write(writing, json.dumps(run(program, policy)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status or not told:
        raise RuntimeError(f"a scenario of {program} ended with status {status}")
    return json.loads(told)


def run(program: str, policy: Policy) -> dict[str, Any]:
    """Run ``program`` against a new server; tell what it printed or raised, what it asked, and how long it took."""
    CLOCK.now, CLOCK.silence = 1_000.0, type(CLOCK.silence)()
    server = FaultServer(policy, CLOCK)
    base = f"http://127.0.0.1:{server.start()}/v1"
    # One is read by SDK 1.x and later, the other by 0.x; both when the program starts.
    os.environ["OPENAI_BASE_URL"] = os.environ["OPENAI_API_BASE"] = base
    output, error = io.StringIO(), None
    with contextlib.redirect_stdout(output), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            aim_at(base)
            runpy.run_path(program, run_name="__main__")
        except Exception as raised:
            error = f"{type(raised).__module__}.{type(raised).__qualname__}"
    seconds = CLOCK.now - 1_000.0
    server.stop()
    asked = [[request.seconds, request.line, request.body] for request in server.asked]
    return {"output": output.getvalue(), "error": error, "seconds": seconds, "asked": asked}


def aim_at(base: str) -> None:
    """Undo what the first run left in the module: its client, and the address that SDK 0.x reads only once."""
    openai = sys.modules.get("openai")
    if openai is not None and hasattr(openai, "_reset_client"):
        openai._reset_client()
    elif openai is not None:
        openai.api_base = base


if __name__ == "__main__":
    main(*sys.argv[1:])
