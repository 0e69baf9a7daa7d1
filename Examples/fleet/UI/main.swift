print("fleet-ui")
