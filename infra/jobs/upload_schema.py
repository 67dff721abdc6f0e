"""The JSON Schema of uploads in a job's file, which triggers of several kinds have."""

from typing import Any

BUCKET = "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$"
KMS_KEY = "^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}$"

PATTERNS = {
    BUCKET: "the name of a bucket",
    KMS_KEY: "the ARN of a KMS key (arn:aws:kms:eu-west-1:123456789012:key/…; a policy cannot name an alias)",
}
"""What the patterns mean, in words that can follow "is not"."""

_PART_OF_KEY = {"type": "string", "minLength": 1, "maxLength": 1024}

WHICH_OBJECTS: dict[str, dict[str, Any]] = {
    "prefix": {"description": "Beginning of the object's key."} | _PART_OF_KEY,
    "suffix": {"description": "End of the object's key."} | _PART_OF_KEY,
    "minBytes": {
        "description": "Minimum size, in bytes, of an object that starts the job.",
        "type": "integer",
        "minimum": 1,
        "maximum": 54975581388800,
    },
    "kmsKeyArn": {
        "description": (
            "ARN of the KMS key that encrypts the bucket's objects. The key's policy must allow kms:Decrypt to the "
            "role of StartRun."
        ),
        "type": "string",
        "pattern": KMS_KEY,
    },
}
"""The properties beside the bucket."""
