"""The same step as scenarios/checked.yml: status, one JSON field, and one field kept."""

from locust import FastHttpUser, task


class Reader(FastHttpUser):
    item = None

    @task
    def read(self):
        with self.client.get("/item", catch_response=True) as response:
            body = response.json()
            if response.status_code != 200:
                response.failure(f"status {response.status_code}")
            elif body["ok"] is not True:
                response.failure("ok is not true")
            else:
                self.item = body["items"][0]["item_id"]
