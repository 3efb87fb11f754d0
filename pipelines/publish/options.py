"""Where a dataset is published, and how."""

import re
from datetime import UTC, datetime
from typing import Self

from pydantic import Field, field_validator, model_validator

from schemas.family import Options, nearest

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")
_TAG = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FIELD = re.compile(r"\{(\w*)\}")
_TAG_FIELDS = ("date", "content")
_SECRET_URL = re.compile(r"\w+://[^/\s]*@|\w+://[^\s]*[?#]")


class PublishOptions(Options):
    """Where the dataset goes; no row depends on it."""

    repo: str = ""
    """Dataset repository on the Hub, as ORG/NAME."""
    to: str = ""
    """Instead of `repo`: a folder, or a URL that fsspec knows, e.g. s3://bucket/name."""
    private: bool = True
    """Make a new repository private; a repository that is public is then refused."""
    tag: str = ""
    """Name of this version; `{date}` is today's date (UTC), `{content}` twelve digits of the content's hash."""
    pr: bool = False
    """Open a pull request instead of committing to the main branch."""
    dropped: bool = False
    """Publish `dropped/` too: every row left out, with its reason. It may hold what must not be public, such as
    rows dropped because a benchmark has them."""
    load_whole_bytes: int | None = Field(default=None, ge=0)
    """Published files up to so many bytes in all are also loaded without streaming when they are verified, which
    needs their size on disk twice; null: always. Streaming reads every row in any case."""
    tries: int = Field(default=8, ge=1)
    """How often a request is sent that the Hub does not answer, and how often a publication is planned anew
    because somebody else has committed in between."""
    wait_s: float = Field(default=1.0, ge=0)
    """Seconds before the second try; doubled from try to try up to a minute. A Retry-After header counts more."""

    @field_validator("repo")
    @classmethod
    def _names_a_repository(cls, repo: str) -> str:
        if repo and not _REPO.fullmatch(repo):
            raise ValueError("must be ORG/NAME, e.g. my-team/corrections")
        return repo

    @field_validator("to")
    @classmethod
    def _holds_no_secret(cls, to: str) -> str:
        if to.startswith("hf://"):
            raise ValueError("a repository of the Hub goes into `repo`, as ORG/NAME")
        if _SECRET_URL.match(to):
            raise ValueError(
                "must hold no user, password or query: give credentials by the environment, as the storage's "
                "own tools read them"
            )
        return to.rstrip("/") or to

    @field_validator("tag")
    @classmethod
    def _is_a_tag(cls, tag: str) -> str:
        for field in _FIELD.findall(tag):
            if field not in _TAG_FIELDS:
                raise ValueError(
                    f"knows no {{{field}}}{nearest(field, _TAG_FIELDS)} There are: {{date}}, {{content}}"
                )
        plain = _FIELD.sub("x", tag)
        if tag and (not _TAG.fullmatch(plain) or tag in ("main", "latest") or plain.endswith(".lock")):
            raise ValueError("must be letters, digits, dots, dashes and underscores, and not main or latest")
        return tag

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if bool(self.repo) == bool(self.to):
            raise ValueError("give either `repo` (ORG/NAME on the Hub) or `to` (a folder or URL)")
        if self.pr and self.to:
            raise ValueError("`pr` opens a pull request on the Hub and needs `repo`")
        if self.pr and self.tag:
            raise ValueError(
                "`tag` names a version of the main branch: tag a pull request after it is merged"
            )
        return self

    def tag_for(self, content: str) -> str:
        """The tag with its fields filled in; `content` is the hash of what is published."""
        return self.tag.replace("{date}", f"{datetime.now(UTC):%Y-%m-%d}").replace("{content}", content[:12])
