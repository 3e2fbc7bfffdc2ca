"""The workflows' small steps: each module named like a state holds that state's Lambda function."""
