"""What SageMaker and AWS's toolkit say of jobs that did not do their work, word by word."""

CAPACITY = (
    "CapacityError: Unable to provision requested ML compute capacity. Please retry using a "
    "different ML instance type."
)
NO_QUOTA = (
    "The account-level service limit 'ml.m5.large for training job usage' is 0 Instances, with "
    "current utilization of 0 Instances and a request delta of 1 Instances."
)
COMMAND = "/usr/bin/python3 training/train.py --eval_metric auto --time_limit 60"
# As sagemaker-training 5.1.1 and 5.1.4 write them, which tests/local/test_toolkit.py sees.
OUT_OF_MEMORY = (
    'AlgorithmError: ExecuteUserScriptError:\nExitCode 137\nErrorMessage ""\n'
    'ExtraInfo "OutOfMemory: Process killed by SIGKILL (signal 9)"\n'
    f'Command "{COMMAND}", exit code: 1'
)
OUT_OF_MEMORY_NEWEST = (
    'AlgorithmError: ExecuteUserScriptError:\nExitCode -9\nErrorMessage ""\n'
    f'Command "{COMMAND}", exit code: 1'
)
# SageMaker's own words where it has noticed itself, in many public reports, of training and of
# processing jobs alike.
OUT_OF_MEMORY_BY_SAGEMAKER = (
    "ClientError: Please use an instance type with more memory, or reduce the size of job data "
    "processed on an instance."
)
# What a processing job's description says whatever happened.
NO_REASON = "AlgorithmError: See job logs for more information"
BUSY = NO_QUOTA.replace("is 0 Instances", "is 2 Instances")
