"""What the tests of `corrigenda diff` share."""

from tests.pipelines.diff.versions import versions as versions
