"""KMS keys in templates, handed on in KMS's own words.

CloudFormation says Key and Value of a tag, KMS says TagKey and TagValue; CloudFormation has the
policy as an object, KMS as text. moto passes both on as they are: a key with tags is never made,
and one with a policy can't be described.
"""

import json
from typing import Any

from moto.kms.models import Key

from local.patches import wrap


def patch() -> None:
    """Makes a key in a template get its tags and its policy."""
    wrap(Key, "create_from_cloudformation_json", _create_in_kms_words)


def _create_in_kms_words(
    create: Any, cls: Any, name: str, cloudformation_json: Any, *args: Any, **kw: Any
) -> Any:
    given = cloudformation_json["Properties"]
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in given.get("Tags", [])]
    properties = given | {"Tags": tags, "KeyPolicy": json.dumps(given["KeyPolicy"])}
    return create(cls, name, cloudformation_json | {"Properties": properties}, *args, **kw)
