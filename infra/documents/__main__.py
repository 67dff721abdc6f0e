"""``make docs``: fills the generated blocks of every document, and names the documents that changed."""

import sys

from infra.documents.blocks import ROOT, UnknownBlock, documents, filled
from infra.documents.generated import blocks_of
from local.synth import SynthFailed, template_path


def main() -> None:
    """Write the documents; exit with 1 for a block that cannot be generated."""
    try:
        blocks = blocks_of(template_path())
        for path in documents():
            text = path.read_text("utf-8")
            if (new := filled(path.relative_to(ROOT), text, blocks)) != text:
                path.write_text(new, "utf-8")
                sys.stdout.write(f"{path.relative_to(ROOT)}: updated\n")
    except (SynthFailed, UnknownBlock) as problem:
        sys.exit(f"docs: {problem}")


if __name__ == "__main__":
    main()
