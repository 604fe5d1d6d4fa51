#!/usr/bin/env bash
# Whether the step fails: CODE is what the plan ended with (0 and 2 are plans), FAIL_ON what is a failure.
set -euo pipefail

case ${CODE:-1} in
0 | 2) ;;
*)
	[[ $FAIL_ON != never ]] || { echo "no plan (exit code ${CODE:-1}); fail-on is never"; exit 0; }
	echo "no plan, or one that is blocked: exit code ${CODE:-1}, see above"
	exit "${CODE:-1}"
	;;
esac
[[ $FAIL_ON != destroy || ${DESTROYS:-0} == 0 ]] || { echo "::error title=reconcile::$DESTROYS of $CHANGES changes destroy something, and fail-on is destroy"; exit 2; }
[[ $FAIL_ON != changes || ${CHANGES:-0} == 0 ]] || { echo "::error title=reconcile::there are $CHANGES changes, and fail-on is changes"; exit 2; }
