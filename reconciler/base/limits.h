/* What is taken at most from whom: of bytes, because they are kept, and of what is in them, because three bytes of JSON
 * become eighty of memory and two of protobuf a hundred. Who sends more is told so, by name and with the limit, and is
 * read no further; nothing real comes near. With all of them a run that faces the worst stays below a quarter of a GiB,
 * which tests/fault/caps measures.
 *
 * Limits of our own words (a line of progress, the parts of a message) stay where they are used. */
#ifndef RECONCILE_BASE_LIMITS_H
#define RECONCILE_BASE_LIMITS_H

enum {
	LIMIT_KIB = 1024,
	LIMIT_MIB = 1024 * 1024,

	/* Every JSON text, whoever wrote it. Ten thousand nodes are half a million values. */
	LIMIT_JSON_DEPTH = 128,
	LIMIT_JSON_VALUES = 1000 * 1000,

	/* An Engine. */
	LIMIT_ENGINE_LIST = 64 * LIMIT_MIB,   /* bytes of a list: containers, volumes */
	LIMIT_ENGINE_ROWS = 20 * 1000,	      /* of a list; each is looked for among the others */
	LIMIT_ENGINE_ANSWER = 4 * LIMIT_MIB,  /* one container, one image */
	LIMIT_ENGINE_TEXT = 64 * LIMIT_KIB,   /* an id, a name, a command */
	LIMIT_ENGINE_TEXTS = 10 * 1000,	      /* labels, mounts, networks of one */
	LIMIT_ENGINE_ARCHIVE = 8 * LIMIT_MIB, /* a node's configuration, as tar */
	LIMIT_ENGINE_FILES = 1024,	      /* in that */
	LIMIT_ENGINE_LOG = 256 * LIMIT_KIB,
	LIMIT_ENGINE_LINE = 256 * LIMIT_KIB, /* of the progress of a pull, which has any number of them */
	LIMIT_ANSWER = 16 * LIMIT_MIB,	     /* any other answer by HTTP */
	LIMIT_PATH = 256 * LIMIT_KIB,	     /* of a request, which names what an answer has named, escaped */

	/* A BuildKit daemon. gRPC's own clients take 16 MiB as well (moby/buildkit client/client.go). */
	LIMIT_DAEMON_MESSAGE = 16 * LIMIT_MIB,
	LIMIT_DAEMON_DECODED =
		96 * LIMIT_MIB, /* memory of one message: two or three times its bytes, when it is honest */
	LIMIT_DAEMON_BUILDS = 10 * 1000,
	LIMIT_DAEMON_PRUNED = 10 * 1000 * 1000, /* records that one prune tells of, one at a time */
	LIMIT_DAEMON_TYPES = 64,		/* of records: moby/buildkit client/diskusage.go has nine */

	/* What a Kubernetes cluster tells. etcd takes no object over 1.5 MiB. */
	LIMIT_KUBE_ROWS = 20 * 1000,	  /* of a list, all its pages together */
	LIMIT_KUBE_TEXT = 64 * LIMIT_KIB, /* a label, a variable's value */
	LIMIT_KUBE_TEXTS = 1000,	  /* labels, variables, volumes of one object */
	LIMIT_KUBE_WORDS = 1000,	  /* bytes of a sentence that is shown */

	/* The BuildX store and the Docker configuration. */
	LIMIT_STORE_FILE = LIMIT_MIB,
	LIMIT_STORE_ENTRIES = 100 * 1000, /* of a folder */
	LIMIT_STORE_NODES = 1000,	  /* of one builder */
	LIMIT_STORE_OPTIONS = 10 * 1000,  /* of a list or map of one node */
	LIMIT_STORE_CONTEXTS = 10 * 1000,

	/* A Kubernetes API server, and what leads to it. Clouds write a cluster into a kubeconfig in 3 KiB. */
	LIMIT_KUBECONFIG = 4 * LIMIT_MIB,
	LIMIT_KUBE_FILE = LIMIT_MIB,	    /* an authority, a certificate, a key, a token */
	LIMIT_KUBE_CREDENTIAL = LIMIT_MIB,  /* what an exec plugin says */
	LIMIT_KUBE_ANSWER = 32 * LIMIT_MIB, /* a page of a list */
	LIMIT_KUBE_LIST = 128 * LIMIT_MIB,  /* all its pages together */
	LIMIT_KUBE_PAGES = 1000,
	LIMIT_KUBE_LINE = 4 * LIMIT_MIB, /* one event of a watch: an object, and etcd takes none over 1.5 MiB */

	/* A git remote that teams share their histories through. A summary is half a KiB, and two refs are a host. */
	LIMIT_REMOTE_BYTES = 64 * LIMIT_MIB,
	LIMIT_REMOTE_REFS = 120 * 1000,
	LIMIT_REMOTE_HOSTS = 50 * 1000,
	LIMIT_REMOTE_OBJECTS = 1000 * 1000,	  /* of one pack */
	LIMIT_REMOTE_UNPACKED = 1024 * LIMIT_MIB, /* bytes of them all, most of which are dropped as they come */
	LIMIT_REMOTE_SUMMARY = 64 * LIMIT_KIB,

	/* State files, and TOML, in which a key is looked for among the others. */
	LIMIT_YAML = LIMIT_MIB,
	LIMIT_YAML_VALUES = 250 * 1000,
	LIMIT_YAML_ALIASED = 10 * 1000, /* values that aliases bring in, all together */
	LIMIT_YAML_ANCHORS = 1000,
	LIMIT_TOML = 256 * LIMIT_KIB,
	LIMIT_TOML_DEPTH = 64,
};

#endif
