"""What has the company decided? `policy.yaml` into a typed policy; every mistake with its line."""
