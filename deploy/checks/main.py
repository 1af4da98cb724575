"""Runs the checks; run through deploy/check."""

import sys

import containers
import docs
import files
import kubernetes
from common import Tally

CHECKS = {"files": files.check, "containers": containers.check, "kubernetes": kubernetes.check, "docs": docs.check}


def main(arguments):
    tally = Tally("-v" in arguments)
    names = [a for a in arguments if a != "-v"]
    if strange := [n for n in names if n not in CHECKS]:
        print(f"usage: deploy/check [-v] [{' | '.join(CHECKS)}]...; there is no {strange[0]}", file=sys.stderr)
        return 2
    for name in names or CHECKS:
        CHECKS[name](tally)
    return tally.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
