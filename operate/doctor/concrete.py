"""The template's references made concrete, as far as that can be told without deploying it.

What CloudFormation would name at random is named after the stack and the resource.
Source of the ARNs: AWS Service Authorization Reference, "Resource types" of each service.
"""

import re
from dataclasses import dataclass
from typing import Any

from operate.account import CannotDo
from operate.doctor.template import Template

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_ARNS = {
    "AWS::CloudWatch::Alarm": "cloudwatch:{region}:{account}:alarm:{name}",
    "AWS::Events::Rule": "events:{region}:{account}:rule/{name}",
    "AWS::IAM::Role": "iam::{account}:role/{name}",
    "AWS::KMS::Key": "kms:{region}:{account}:key/00000000-0000-0000-0000-000000000000",
    "AWS::Lambda::Function": "lambda:{region}:{account}:function:{name}",
    "AWS::Logs::LogGroup": "logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "s3:::{name}",
    "AWS::SNS::Topic": "sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "sqs:{region}:{account}:{name}",
    "AWS::StepFunctions::StateMachine": "states:{region}:{account}:stateMachine:{name}",
}
_STACK = "cloudformation:{region}:{account}:stack/{name}/00000000-0000-0000-0000-000000000000"
# What Ref gives is the ARN, and not the name.
_REFERRED_TO_BY_ARN = {"AWS::SNS::Topic", "AWS::StepFunctions::StateMachine"}
_OWN_NAMES = ("BucketName", "LogGroupName", "StateMachineName")
_NOTHING = object()


@dataclass(frozen=True)
class Concrete:
    """A template with its parameters, in one place.

    Every condition is taken to hold, so that nothing is left out.
    """

    template: Template
    parameters: dict[str, str]
    account: str
    partition: str
    region: str
    stack: str

    def value(self, node: Any) -> Any:
        """``node`` with every function and reference in it replaced.

        Raises:
            CannotDo: it can't be told what a function gives.
        """
        if isinstance(node, list):
            return [v for v in map(self.value, node) if v is not _NOTHING]
        if not isinstance(node, dict):
            return node
        if len(node) == 1:
            [(name, argument)] = node.items()
            if name == "Ref":
                return self._referred(argument)
            if name.startswith("Fn::"):
                return self._called(name, argument)
        valued = {name: self.value(part) for name, part in node.items()}
        return {name: part for name, part in valued.items() if part is not _NOTHING}

    def _called(self, name: str, argument: Any) -> Any:
        if name == "Fn::GetAtt":
            resource, attribute = argument
            return self._arn(resource) if attribute == "Arn" else f"{resource}.{attribute}"
        if name == "Fn::Sub":
            return self._filled(argument)
        if name == "Fn::If":
            return self.value(argument[1])
        arguments = self.value(argument)
        if name == "Fn::FindInMap":
            mapping, first, second = arguments
            mapped = self.template.content["Mappings"][mapping]
            if first not in mapped:
                raise CannotDo(f"The template has no entry for {first}.")
            return mapped[first][second]
        if name == "Fn::Join":
            return arguments[0].join(map(str, arguments[1]))
        if name == "Fn::Split":
            return arguments[1].split(arguments[0])
        raise CannotDo(f"The template uses {name}, which codefree doctor does not support.")

    def _filled(self, argument: Any) -> str:
        text, given = argument if isinstance(argument, list) else (argument, {})
        named = {name: str(self.value(part)) for name, part in given.items()}

        def filled(variable: re.Match[str]) -> str:
            name, _, attribute = variable[1].partition(".")
            if name in named:
                return named[name]
            reference = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
            return str(self.value(reference))

        return _VARIABLE.sub(filled, text).replace("${!", "${")

    def _referred(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self.account,
            "AWS::NoValue": _NOTHING,
            "AWS::Partition": self.partition,
            "AWS::Region": self.region,
            "AWS::StackId": self._in_arn(
                "cloudformation:{region}:{account}:stack/{name}/0", self.stack
            ),
            "AWS::StackName": self.stack,
            "AWS::URLSuffix": "amazonaws.com.cn" if "cn" in self.partition else "amazonaws.com",
        }
        if name in pseudo:
            return pseudo[name]
        if name in self.template.content["Parameters"]:
            return self.parameters.get(name, name.lower())
        kind = self.template.content["Resources"][name]["Type"]
        return self._arn(name) if kind in _REFERRED_TO_BY_ARN else self._name(name)

    def _arn(self, resource: str) -> str:
        kind = self.template.content["Resources"][resource]["Type"]
        return self._in_arn(_ARNS[kind], self._name(resource))

    def _in_arn(self, rest: str, name: str) -> str:
        place = {"region": self.region, "account": self.account, "name": name}
        return f"arn:{self.partition}:{rest.format(**place)}"

    def _name(self, resource: str) -> str:
        properties = self.template.content["Resources"][resource].get("Properties", {})
        own = next((properties[n] for n in _OWN_NAMES if n in properties), None)
        return str(self.value(own)) if own else f"{self.stack}-{resource}"
