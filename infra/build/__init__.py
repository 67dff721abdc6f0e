"""What builds, checks and deploys the stack: the bundle, the policy checkers, the CDK's command line."""
