import json
import subprocess


class Gateway:
    def __init__(self, binary: str = "llama-cli") -> None:
        self.binary = binary

    def create(self, **body):
        done = subprocess.run(
            [self.binary, "--json"], input=json.dumps(body), capture_output=True, text=True, check=True
        )
        return json.loads(done.stdout)
