"""Who acts under which role, and whether that role allows it."""

import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends
from moto.sts.models import STSBackend, sts_backends

from local.access.needs import Need, Place
from local.access.policy import Decision, Request, Statement, Values, decision, statements

# Or nobody could mend a policy that shuts everybody out (Amazon S3 API reference, PutBucketPolicy).
_NEVER_DENIED_TO_ROOT = {"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"}


class NotAssumable(Exception):
    """The role is not there, or does not trust the service."""


class Denied(Exception):
    """The role does not allow the call; the text is the one that AWS has for it."""

    def __init__(self, who: str, need: Need, why: str) -> None:
        # S3 alone sets the resource in quotes.
        resource = f'"{need.resource}"' if need.action.startswith("s3:") else need.resource
        super().__init__(
            f"User: {who} is not authorized to perform: {need.action} on resource: {resource} {why}"
        )


@dataclass(frozen=True)
class Session:
    """A role that a service has assumed, with the credentials that it got."""

    role: str
    name: str
    account: str
    partition: str
    access_key: str
    secret_key: str
    token: str

    @property
    def arn(self) -> str:
        """How AWS names the session in its answers."""
        role = self.role.rpartition("/")[2]
        return f"arn:{self.partition}:sts::{self.account}:assumed-role/{role}/{self.name}"

    @property
    def environment(self) -> dict[str, str]:
        """The credentials as environment variables."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.token,
        }


@dataclass(frozen=True)
class Call:
    """A call that a role made, and whether it was allowed to."""

    role: str
    request: Request
    allowed: bool


@dataclass
class AccessControl:
    """The sessions of all services; ``called`` is told of each call that is made in them.

    The door lets in nobody else but the person whose home it is: the account's root, whom no
    policy of a role binds, but a Deny in the policy of a resource does. ``tags_of`` tells the tags
    of a resource by its ARN, as far as policies here ask for them.
    """

    tags_of: Callable[[str], Mapping[str, str]] = lambda _: {}
    called: Callable[[Call], object] = lambda _: None
    _by_name: dict[tuple[str, str], Session] = field(default_factory=dict)
    _by_key: dict[str, Session] = field(default_factory=dict)
    _roles: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def assumed(self, role: str, service: str, name: str, source: str) -> Session:
        """The session ``name`` of the role, for the service and on behalf of ``source``, an ARN.

        Raises:
            NotAssumable: the role is not there, or its trust policy does not allow it.
        """
        trust = Request(
            (f"{service}.amazonaws.com",),
            "sts:AssumeRole",
            role,
            {"aws:SourceArn": source, "aws:SourceAccount": source.split(":")[4]},
        )
        try:
            document = self._role(role).assume_role_policy_document
        except NotFoundException:
            raise NotAssumable(role) from None
        if decision([statements(document)], trust) != "allow":
            raise NotAssumable(role)
        with self._lock:
            session = self._by_name.get((role, name)) or _new_session(role, name)
            self._by_name[role, name] = self._by_key[session.access_key] = session
        return session

    def session(self, access_key: str) -> Session | None:
        """Whose credentials these are; ``None`` for those that no role was given."""
        return self._by_key.get(access_key)

    def check(self, session: Session, needs: Iterable[Need]) -> None:
        """Tells what a call in the session needs, and makes sure that the role allows it.

        Raises:
            Denied: it does not.
        """
        for need in needs:
            request = self._request(session, need)
            by_identity = decision(self.policies(session.role), request)
            by_resource = decision(map(statements, need.resource_policies), request)
            allowed = "deny" not in (by_identity, by_resource) and (
                "allow" in (by_identity, by_resource)
            )
            self.called(Call(session.role, request, allowed))
            if not allowed:
                raise Denied(session.arn, need, _why(need, by_identity, by_resource))

    def check_root(self, place: Place, needs: Iterable[Need]) -> None:
        """Makes sure that no resource's policy denies the account's root what a call needs.

        Raises:
            Denied: one does.
        """
        root = _root(place.partition, place.account)
        for need in needs:
            context = _context(root, place.account, need)
            request = Request((place.account, root), need.action, need.resource, context)
            said = decision(map(statements, need.resource_policies), request)
            if said == "deny" and need.action not in _NEVER_DENIED_TO_ROOT:
                raise Denied(root, need, _why(need, None, said))

    def check_service(self, service: str, source: str, need: Need) -> None:
        """Makes sure that the resource's own policy lets the service in, on behalf of ``source``.

        Raises:
            Denied: it does not.
        """
        principal = f"{service}.amazonaws.com"
        # A rule does not tell its account: a policy that asks for it lets nothing in (seen by
        # others: aws-cloudformation-user-guide, pull request 481).
        request = Request((principal,), need.action, need.resource, {"aws:SourceArn": source})
        said = decision(map(statements, need.resource_policies), request)
        if said != "allow":
            raise Denied(
                principal, need, f"because no resource-based policy allows the {need.action} action"
            )

    def policies(self, role: str) -> list[tuple[Statement, ...]]:
        """What the role allows and denies, policy by policy."""
        found = self._role(role)
        attached = [
            version.document
            for policy in found.managed_policies.values()
            for version in policy.versions
            if version.is_default
        ]
        return [statements(document) for document in [*found.policies.values(), *attached]]

    def _request(self, session: Session, need: Need) -> Request:
        account = session.account
        principals = (session.role, session.arn, account, _root(session.partition, account))
        tags = self.tags_of(need.resource)
        context = _context(session.role, account, need)
        context |= {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
        return Request(principals, need.action, need.resource, context)

    def _role(self, arn: str) -> Any:
        """The role as it is now: a stack that is deployed anew has new ones of the same name."""
        _, partition, _, _, account, _ = arn.split(":", 5)
        backend = iam_backends[account][partition]
        known = self._roles.get(arn)
        if known is None or backend.roles.get(known.id) is not known:
            known = self._roles[arn] = backend.get_role_by_arn(arn)
        return known


def _root(partition: str, account: str) -> str:
    return f"arn:{partition}:iam::{account}:root"


def _context(principal: str, account: str, need: Need) -> dict[str, Values]:
    """The condition keys of a request by the principal, which for a session is its role."""
    return {
        "aws:PrincipalArn": principal,
        "aws:PrincipalAccount": account,
        "aws:ResourceAccount": account,
        # The endpoint on 127.0.0.1 stands for AWS's own, which clients reach by TLS.
        "aws:SecureTransport": "true",
        "s3:TlsVersion": "1.3",
        **need.context,
    }


def _new_session(role: str, name: str) -> Session:
    _, partition, _, _, account, _ = role.split(":", 5)
    sts: STSBackend = sts_backends[account][partition]
    assumed = sts.assume_role(
        region_name="us-east-1" if partition == "aws" else partition,
        role_session_name=name,
        role_arn=role,
        policy="",
        duration=3600,
        external_id=str(uuid.uuid4()),
    )
    return Session(
        role=role,
        name=name,
        account=account,
        partition=partition,
        access_key=assumed.access_key_id,
        secret_key=assumed.secret_access_key,
        token=assumed.session_token,
    )


def _why(need: Need, by_identity: Decision, by_resource: Decision) -> str:
    """AWS's words (IAM User Guide, "Troubleshoot access denied error messages")."""
    if by_identity == "deny":
        return "with an explicit deny in an identity-based policy"
    if by_resource == "deny":
        return "with an explicit deny in a resource-based policy"
    return f"because no identity-based policy allows the {need.action} action"
