"""The code that the template carries. The build puts it in place of these empty values.

The two archives are in base85, and the Lambda functions' is compressed besides.
"""

LAMBDAS_KEY = ""
CODE_VERSION = ""
LAMBDAS = ""
TRAINING_CODE = ""
