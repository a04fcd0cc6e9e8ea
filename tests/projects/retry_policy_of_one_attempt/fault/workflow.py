from datetime import timedelta

from activities import invoke_model
from temporalio import workflow
from temporalio.common import RetryPolicy


@workflow.defn
class Answer:
    @workflow.run
    async def run(self, prompt: str) -> str:
        return await workflow.execute_activity(
            invoke_model,
            prompt,
            start_to_close_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )
