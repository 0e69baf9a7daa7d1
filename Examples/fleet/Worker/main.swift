print("fleet-worker")
