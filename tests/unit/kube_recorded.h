/* What a real API server, Kubernetes 1.34.4, held of builders that BuildX made: one option set each, recorded with
 * `kubectl get -o yaml` without status and managedFields, as JSON. "old" is BuildX 0.13.1, the others are 0.36.1.
 * Beside each the driver options of the instance file that it was made from. Certificates and keys are cut short. */
#ifndef RECONCILE_TESTS_KUBE_RECORDED_H
#define RECONCILE_TESTS_KUBE_RECORDED_H

#include "model/cluster.h"

struct recorded {
	const char *name;
	enum workload_kind kind;
	const char *options; /* "key=value", a line each */
	const char *flags, *platforms;
	const char *json;
	const char *configs; /* JSON list of ConfigMaps; NULL: none */
};

// clang-format off
static const struct recorded RECORDED[] = {
	{"certs.new", WORKLOAD_DEPLOYMENT,
		"",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"certs-node\""
		"},\"name\":\"certs-node\",\"namespace\":\"c-certs\"},\"spec\":{\"progressDeadlineSeconds\":600,\"rep"
		"licas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"certs-node\"}},\"stra"
		"tegy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate"
		"\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"certs-node\"}},\"spec\":{\"containers\":[{\"ar"
		"gs\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"i"
		"magePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\","
		"\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThresho"
		"ld\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"bu"
		"ildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":"
		"30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privileged"
		"\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\","
		"\"volumeMounts\":[{\"mountPath\":\"/etc/buildkit/certs/r2.example.com\",\"name\":\"config-1\"},{\"mo"
		"untPath\":\"/etc/buildkit\",\"name\":\"config\"},{\"mountPath\":\"/etc/buildkit/certs/r1.example.com"
		"\",\"name\":\"config-2\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"scheduler"
		"Name\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\""
		":[{\"configMap\":{\"defaultMode\":420,\"name\":\"certs-node-config-1\"},\"name\":\"config-1\"},{\"co"
		"nfigMap\":{\"defaultMode\":420,\"name\":\"certs-node-config\"},\"name\":\"config\"},{\"configMap\":{"
		"\"defaultMode\":420,\"name\":\"certs-node-config-2\"},\"name\":\"config-2\"}]}}}}",
		"{\"items\":[{\"apiVersion\":\"v1\",\"data\":{\"buildkitd.toml\":\"[registry]\\n[registry.'r1.example"
		".com']\\nca = ['/etc/buildkit/certs/r1.example.com/ca.pem']\\n\\n[registry.'r2.example.com']\\nca = "
		"['/etc/buildkit/certs/r2.example.com/ca.pem']\\n\\n[[registry.'r2.example.com'.keypair]]\\ncert = '/"
		"etc/buildkit/certs/r2.example.com/dev.crt'\\nkey = '/etc/buildkit/certs/r2.example.com/dev.key'\\n\""
		"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"certs-node-config\",\"namespace\":\"c-certs\"}},{"
		"\"apiVersion\":\"v1\",\"data\":{\"ca.pem\":\"-----BEGIN CERTIFICATE-----\\nMIIBeTCCAR+gAwIB\\n-----E"
		"ND CERTIFICATE-----\\n\",\"dev.crt\":\"-----BEGIN CERTIFICATE-----\\nMIIBiDCCAS6gAwIB\\n-----END CER"
		"TIFICATE-----\\n\",\"dev.key\":\"-----BEGIN EC PRIVATE KEY-----\\nMHcCAQEEIHwNWJW3\\n-----END EC PRI"
		"VATE KEY-----\\n\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"certs-node-config-1\",\"namespac"
		"e\":\"c-certs\"}},{\"apiVersion\":\"v1\",\"data\":{\"ca.pem\":\"-----BEGIN CERTIFICATE-----\\nMIIBeT"
		"CCAR+gAwIB\\n-----END CERTIFICATE-----\\n\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"certs-n"
		"ode-config-2\",\"namespace\":\"c-certs\"}}]}"},
	{"config.new", WORKLOAD_DEPLOYMENT,
		"",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"config-node"
		"\"},\"name\":\"config-node\",\"namespace\":\"c-config\"},\"spec\":{\"progressDeadlineSeconds\":600,"
		"\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"config-node\"}},"
		"\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"Rolling"
		"Update\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"config-node\"}},\"spec\":{\"containers\""
		":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-"
		"1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"de"
		"bug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successT"
		"hreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\""
		":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeco"
		"nds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privi"
		"leged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"Fil"
		"e\",\"volumeMounts\":[{\"mountPath\":\"/etc/buildkit\",\"name\":\"config\"}]}],\"dnsPolicy\":\"Clust"
		"erFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{"
		"},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"configMap\":{\"defaultMode\":420,\"name\":\"c"
		"onfig-node-config\"},\"name\":\"config\"}]}}}}",
		"{\"items\":[{\"apiVersion\":\"v1\",\"data\":{\"buildkitd.toml\":\"debug = true\\n\\n[worker]\\n[work"
		"er.oci]\\nmax-parallelism = 2\\n\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"config-node-conf"
		"ig\",\"namespace\":\"c-config\"}}]}"},
	{"env.new", WORKLOAD_DEPLOYMENT,
		"env.A=1\nenv.B=2\nenv.HTTP_PROXY=http://proxy.example.com:3128\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"env-node\"},"
		"\"name\":\"env-node\",\"namespace\":\"c-env\"},\"spec\":{\"progressDeadlineSeconds\":600,\"replicas"
		"\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"env-node\"}},\"strategy\":"
		"{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"},\"t"
		"emplate\":{\"metadata\":{\"labels\":{\"app\":\"env-node\"}},\"spec\":{\"containers\":[{\"args\":[\"-"
		"-allow-insecure-entitlement=network.host\"],\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B"
		"\",\"value\":\"2\"},{\"name\":\"HTTP_PROXY\",\"value\":\"http://proxy.example.com:3128\"}],\"image\""
		":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":"
		"{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,"
		"\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readines"
		"sProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initi"
		"alDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":"
		"{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"t"
		"erminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"s"
		"chedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"ephboth.new", WORKLOAD_DEPLOYMENT,
		"limits.ephemeral-storage=2Gi\nrequests.ephemeral-storage=1Gi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"ephboth-node"
		"\"},\"name\":\"ephboth-node\",\"namespace\":\"c-ephboth\"},\"spec\":{\"progressDeadlineSeconds\":600"
		",\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"ephboth-node\"}"
		"},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"Rolli"
		"ngUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"ephboth-node\"}},\"spec\":{\"container"
		"s\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stab"
		"le-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\","
		"\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"succ"
		"essThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"comma"
		"nd\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"period"
		"Seconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{\"limits\":{\"ephemeral-st"
		"orage\":\"2Gi\"}},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termin"
		"ation-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\""
		":\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodS"
		"econds\":30}}}}",
		NULL},
	{"ephreq.new", WORKLOAD_DEPLOYMENT,
		"requests.ephemeral-storage=1Gi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"ephreq-node"
		"\"},\"name\":\"ephreq-node\",\"namespace\":\"c-ephreq\"},\"spec\":{\"progressDeadlineSeconds\":600,"
		"\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"ephreq-node\"}},"
		"\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"Rolling"
		"Update\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"ephreq-node\"}},\"spec\":{\"containers\""
		":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-"
		"1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"de"
		"bug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successT"
		"hreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\""
		":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeco"
		"nds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{\"limits\":{\"ephemeral-storag"
		"e\":\"1Gi\"}},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/terminatio"
		"n-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"A"
		"lways\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSecon"
		"ds\":30}}}}",
		NULL},
	{"image.new", WORKLOAD_DEPLOYMENT,
		"image=moby/buildkit:v0.32.2\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"image-node\""
		"},\"name\":\"image-node\",\"namespace\":\"c-image\"},\"spec\":{\"progressDeadlineSeconds\":600,\"rep"
		"licas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"image-node\"}},\"stra"
		"tegy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate"
		"\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"image-node\"}},\"spec\":{\"containers\":[{\"ar"
		"gs\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:v0.32.2\",\"imagePull"
		"Policy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers"
		"\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\""
		"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\","
		"\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"succ"
		"essThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privileged\":true},"
		"\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsPol"
		"icy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securi"
		"tyContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"labels.new", WORKLOAD_DEPLOYMENT,
		"annotations=example.com/owner=a,example.com/x=y\nlabels=team=a,tier=ci\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"example.com/own"
		"er\":\"a\",\"example.com/x\":\"y\"},\"labels\":{\"app\":\"labels-node\",\"team\":\"a\",\"tier\":\"ci"
		"\"},\"name\":\"labels-node\",\"namespace\":\"c-labels\"},\"spec\":{\"progressDeadlineSeconds\":600,"
		"\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"labels-node\",\""
		"team\":\"a\",\"tier\":\"ci\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailabl"
		"e\":\"25%\"},\"type\":\"RollingUpdate\"},\"template\":{\"metadata\":{\"annotations\":{\"example.com/"
		"owner\":\"a\",\"example.com/x\":\"y\"},\"labels\":{\"app\":\"labels-node\",\"team\":\"a\",\"tier\":"
		"\"ci\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image"
		"\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec"
		"\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\""
		":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readi"
		"nessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"in"
		"itialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources"
		"\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\","
		"\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\","
		"\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}"
		"}}}",
		NULL},
	{"memory.new", WORKLOAD_DEPLOYMENT,
		"buildkit-root-volume-memory=256Mi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"memory-node"
		"\"},\"name\":\"memory-node\",\"namespace\":\"c-memory\"},\"spec\":{\"progressDeadlineSeconds\":600,"
		"\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"memory-node\"}},"
		"\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"Rolling"
		"Update\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"memory-node\"}},\"spec\":{\"containers\""
		":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-"
		"1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"de"
		"bug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successT"
		"hreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\""
		":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeco"
		"nds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privi"
		"leged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"Fil"
		"e\",\"volumeMounts\":[{\"mountPath\":\"/var/lib/buildkit\",\"name\":\"buildkit-memory\"}]}],\"dnsPol"
		"icy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securi"
		"tyContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"emptyDir\":{\"medium\":\"Memory"
		"\",\"sizeLimit\":\"256Mi\"},\"name\":\"buildkit-memory\"}]}}}}",
		NULL},
	{"nodeselector.new", WORKLOAD_DEPLOYMENT,
		"nodeselector=kubernetes.io/os=linux,pool=build\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"nodeselector"
		"-node\"},\"name\":\"nodeselector-node\",\"namespace\":\"c-nodeselector\"},\"spec\":{\"progressDeadli"
		"neSeconds\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\""
		"nodeselector-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%"
		"\"},\"type\":\"RollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"nodeselector-node"
		"\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":"
		"\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{"
		"\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,"
		"\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readines"
		"sProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initi"
		"alDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":"
		"{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"t"
		"erminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"nodeSelector\":{\"kubernetes.i"
		"o/os\":\"linux\",\"pool\":\"build\"},\"restartPolicy\":\"Always\",\"schedulerName\":\"default-schedu"
		"ler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"plain.new", WORKLOAD_DEPLOYMENT,
		"",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"plain-node\""
		"},\"name\":\"plain-node\",\"namespace\":\"c-plain\"},\"spec\":{\"progressDeadlineSeconds\":600,\"rep"
		"licas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"plain-node\"}},\"stra"
		"tegy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate"
		"\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"plain-node\"}},\"spec\":{\"containers\":[{\"ar"
		"gs\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"i"
		"magePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\","
		"\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThresho"
		"ld\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"bu"
		"ildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":"
		"30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privileged"
		"\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\"}]"
		",\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\""
		",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"plain.old", WORKLOAD_DEPLOYMENT,
		"",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"ol\"},\"name"
		"\":\"ol\",\"namespace\":\"team\"},\"spec\":{\"progressDeadlineSeconds\":600,\"replicas\":1,\"revisio"
		"nHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"ol\"}},\"strategy\":{\"rollingUpdate\":{"
		"\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"},\"template\":{\"metadat"
		"a\":{\"labels\":{\"app\":\"ol\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlemen"
		"t=network.host\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\","
		"\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\""
		"]},\"failureThreshold\":3,\"periodSeconds\":10,\"successThreshold\":1,\"timeoutSeconds\":1},\"resour"
		"ces\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log"
		"\",\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always"
		"\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":"
		"30}}}}",
		NULL},
	{"platflags.new", WORKLOAD_DEPLOYMENT,
		"",
		"--debug --allow-insecure-entitlement=security.insecure --allow-insecure-entitlement=network.host",
		"linux/amd64,linux/arm64",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"buildx.docker.c"
		"om/platform\":\"linux/amd64,linux/arm64\"},\"labels\":{\"app\":\"platflags-node\"},\"name\":\"platfl"
		"ags-node\",\"namespace\":\"c-platflags\"},\"spec\":{\"progressDeadlineSeconds\":600,\"replicas\":1,"
		"\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"platflags-node\"}},\"strategy\""
		":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"},\""
		"template\":{\"metadata\":{\"annotations\":{\"buildx.docker.com/platform\":\"linux/amd64,linux/arm64"
		"\"},\"labels\":{\"app\":\"platflags-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--debug\",\"--al"
		"low-insecure-entitlement=security.insecure\",\"--allow-insecure-entitlement=network.host\"],\"image"
		"\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec"
		"\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\""
		":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readi"
		"nessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"in"
		"itialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources"
		"\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\","
		"\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\","
		"\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}"
		"}}}",
		NULL},
	{"pvc.new", WORKLOAD_STATEFUL_SET,
		"persistent-volume-claim.requests.storage=1Gi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"labels\":{\"app\":\"pvc-node\"}"
		",\"name\":\"pvc-node\",\"namespace\":\"c-pvc\"},\"spec\":{\"persistentVolumeClaimRetentionPolicy\":{"
		"\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"},\"podManagementPolicy\":\"Parallel\",\"replica"
		"s\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"pvc-node\"}},\"serviceNam"
		"e\":\"buildkitd\",\"template\":{\"metadata\":{\"labels\":{\"app\":\"pvc-node\"}},\"spec\":{\"contain"
		"ers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-st"
		"able-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\""
		",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"suc"
		"cessThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"comm"
		"and\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"perio"
		"dSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\""
		"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":"
		"\"File\",\"volumeMounts\":[{\"mountPath\":\"/var/lib/buildkit\",\"name\":\"buildkitd\"}]}],\"dnsPoli"
		"cy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securit"
		"yContext\":{},\"terminationGracePeriodSeconds\":30}},\"updateStrategy\":{\"rollingUpdate\":{\"partit"
		"ion\":0},\"type\":\"RollingUpdate\"},\"volumeClaimTemplates\":[{\"apiVersion\":\"v1\",\"kind\":\"Per"
		"sistentVolumeClaim\",\"metadata\":{\"name\":\"buildkitd\"},\"spec\":{\"accessModes\":[\"ReadWriteOnc"
		"e\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}},\"volumeMode\":\"Filesystem\"},\"status\":{"
		"\"phase\":\"Pending\"}}]}}",
		NULL},
	{"pvcconfig.new", WORKLOAD_STATEFUL_SET,
		"persistent-volume-claim.requests.storage=1Gi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"labels\":{\"app\":\"pvcconfig-n"
		"ode\"},\"name\":\"pvcconfig-node\",\"namespace\":\"c-pvcconfig\"},\"spec\":{\"persistentVolumeClaimR"
		"etentionPolicy\":{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"},\"podManagementPolicy\":\"Pa"
		"rallel\",\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"pvcconf"
		"ig-node\"}},\"serviceName\":\"buildkitd\",\"template\":{\"metadata\":{\"labels\":{\"app\":\"pvcconfi"
		"g-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"ima"
		"ge\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exe"
		"c\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds"
		"\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"rea"
		"dinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\""
		"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resourc"
		"es\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log"
		"\",\"terminationMessagePolicy\":\"File\",\"volumeMounts\":[{\"mountPath\":\"/var/lib/buildkit\",\"na"
		"me\":\"buildkitd\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\""
		":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"c"
		"onfigMap\":{\"defaultMode\":420,\"name\":\"pvcconfig-node-config\"},\"name\":\"config\"}]}},\"update"
		"Strategy\":{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"},\"volumeClaimTemplates\""
		":[{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"buildkitd\"},\""
		"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}},\"vol"
		"umeMode\":\"Filesystem\"},\"status\":{\"phase\":\"Pending\"}}]}}",
		"{\"items\":[{\"apiVersion\":\"v1\",\"data\":{\"buildkitd.toml\":\"debug = true\\n\\n[worker]\\n[work"
		"er.oci]\\nmax-parallelism = 2\\n\"},\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"pvcconfig-node-c"
		"onfig\",\"namespace\":\"c-pvcconfig\"}}]}"},
	{"pvcmemory.new", WORKLOAD_STATEFUL_SET,
		"buildkit-root-volume-memory=256Mi\npersistent-volume-claim.requests.storage=1Gi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"labels\":{\"app\":\"pvcmemory-n"
		"ode\"},\"name\":\"pvcmemory-node\",\"namespace\":\"c-pvcmemory\"},\"spec\":{\"persistentVolumeClaimR"
		"etentionPolicy\":{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"},\"podManagementPolicy\":\"Pa"
		"rallel\",\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"pvcmemo"
		"ry-node\"}},\"serviceName\":\"buildkitd\",\"template\":{\"metadata\":{\"labels\":{\"app\":\"pvcmemor"
		"y-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"ima"
		"ge\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exe"
		"c\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds"
		"\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"rea"
		"dinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\""
		"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resourc"
		"es\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log"
		"\",\"terminationMessagePolicy\":\"File\",\"volumeMounts\":[{\"mountPath\":\"/var/lib/buildkit\",\"na"
		"me\":\"buildkitd\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\""
		":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"e"
		"mptyDir\":{\"medium\":\"Memory\",\"sizeLimit\":\"256Mi\"},\"name\":\"buildkit-memory\"}]}},\"updateS"
		"trategy\":{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"},\"volumeClaimTemplates\":"
		"[{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"buildkitd\"},\"s"
		"pec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}},\"volu"
		"meMode\":\"Filesystem\"},\"status\":{\"phase\":\"Pending\"}}]}}",
		NULL},
	{"pvcreplicas.new", WORKLOAD_STATEFUL_SET,
		"persistent-volume-claim.requests.storage=1Gi\nreplicas=2\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"labels\":{\"app\":\"pvcreplicas"
		"-node\"},\"name\":\"pvcreplicas-node\",\"namespace\":\"c-pvcreplicas\"},\"spec\":{\"persistentVolume"
		"ClaimRetentionPolicy\":{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"},\"podManagementPolicy"
		"\":\"Parallel\",\"replicas\":2,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\""
		"pvcreplicas-node\"}},\"serviceName\":\"buildkitd\",\"template\":{\"metadata\":{\"labels\":{\"app\":"
		"\"pvcreplicas-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.h"
		"ost\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessPr"
		"obe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialD"
		"elaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildk"
		"itd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThres"
		"hold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60"
		"},\"resources\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termi"
		"nation-log\",\"terminationMessagePolicy\":\"File\",\"volumeMounts\":[{\"mountPath\":\"/var/lib/build"
		"kit\",\"name\":\"buildkitd\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"sched"
		"ulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}},\"upd"
		"ateStrategy\":{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUpdate\"},\"volumeClaimTemplate"
		"s\":[{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metadata\":{\"name\":\"buildkitd\"}"
		",\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"requests\":{\"storage\":\"1Gi\"}},\""
		"volumeMode\":\"Filesystem\"},\"status\":{\"phase\":\"Pending\"}}]}}",
		NULL},
	{"pvcrootless.new", WORKLOAD_STATEFUL_SET,
		"persistent-volume-claim.requests.storage=1Gi\nrootless=true\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"StatefulSet\",\"metadata\":{\"annotations\":{\"container.appa"
		"rmor.security.beta.kubernetes.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"pvcrootless-node"
		"\"},\"name\":\"pvcrootless-node\",\"namespace\":\"c-pvcrootless\"},\"spec\":{\"persistentVolumeClaim"
		"RetentionPolicy\":{\"whenDeleted\":\"Retain\",\"whenScaled\":\"Retain\"},\"podManagementPolicy\":\"P"
		"arallel\",\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"pvcroo"
		"tless-node\"}},\"serviceName\":\"buildkitd\",\"template\":{\"metadata\":{\"annotations\":{\"containe"
		"r.apparmor.security.beta.kubernetes.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"pvcrootless"
		"-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\",\"--oci"
		"-worker-no-process-sandbox\"],\"image\":\"moby/buildkit:buildx-stable-1-rootless\",\"imagePullPolicy"
		"\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},"
		"\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeo"
		"utSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"deb"
		"ug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successTh"
		"reshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"seccompProfile\":{\"type"
		"\":\"Unconfined\"}},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\""
		":\"File\",\"volumeMounts\":[{\"mountPath\":\"/home/user/.local/share/buildkit\",\"name\":\"buildkitd"
		"\"}]}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-sched"
		"uler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"emptyDir\":{},\"n"
		"ame\":\"buildkitd\"}]}},\"updateStrategy\":{\"rollingUpdate\":{\"partition\":0},\"type\":\"RollingUp"
		"date\"},\"volumeClaimTemplates\":[{\"apiVersion\":\"v1\",\"kind\":\"PersistentVolumeClaim\",\"metada"
		"ta\":{\"name\":\"buildkitd\"},\"spec\":{\"accessModes\":[\"ReadWriteOnce\"],\"resources\":{\"request"
		"s\":{\"storage\":\"1Gi\"}},\"volumeMode\":\"Filesystem\"},\"status\":{\"phase\":\"Pending\"}}]}}",
		NULL},
	{"qemu.new", WORKLOAD_DEPLOYMENT,
		"qemu.install=true\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"qemu-node\"}"
		",\"name\":\"qemu-node\",\"namespace\":\"c-qemu\"},\"spec\":{\"progressDeadlineSeconds\":600,\"replic"
		"as\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"qemu-node\"}},\"strategy"
		"\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"},"
		"\"template\":{\"metadata\":{\"labels\":{\"app\":\"qemu-node\"}},\"spec\":{\"containers\":[{\"args\":"
		"[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"imageP"
		"ullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"work"
		"ers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1"
		",\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl"
		"\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"s"
		"uccessThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privileged\":true"
		"},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsP"
		"olicy\":\"ClusterFirst\",\"initContainers\":[{\"args\":[\"--install\",\"all\"],\"image\":\"tonistiig"
		"i/binfmt:latest\",\"imagePullPolicy\":\"Always\",\"name\":\"qemu\",\"resources\":{},\"securityContex"
		"t\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePo"
		"licy\":\"File\"}],\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securityCon"
		"text\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"replicas.new", WORKLOAD_DEPLOYMENT,
		"replicas=3\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"replicas-nod"
		"e\"},\"name\":\"replicas-node\",\"namespace\":\"c-replicas\"},\"spec\":{\"progressDeadlineSeconds\":"
		"600,\"replicas\":3,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"replicas-nod"
		"e\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"R"
		"ollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"replicas-node\"}},\"spec\":{\"cont"
		"ainers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx"
		"-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildct"
		"l\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\""
		"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"c"
		"ommand\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"pe"
		"riodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":"
		"{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy"
		"\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"defaul"
		"t-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"resources.new", WORKLOAD_DEPLOYMENT,
		"limits.cpu=1\nlimits.memory=512Mi\nrequests.cpu=100m\nrequests.memory=128Mi\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"resources-no"
		"de\"},\"name\":\"resources-node\",\"namespace\":\"c-resources\"},\"spec\":{\"progressDeadlineSeconds"
		"\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"resources"
		"-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\""
		":\"RollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"resources-node\"}},\"spec\":{"
		"\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:"
		"buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"b"
		"uildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\""
		":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec"
		"\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\""
		":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{\"limits\":{\"c"
		"pu\":\"1\",\"memory\":\"512Mi\"},\"requests\":{\"cpu\":\"100m\",\"memory\":\"128Mi\"}},\"securityCon"
		"text\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessag"
		"ePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":"
		"\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"rootless.new", WORKLOAD_DEPLOYMENT,
		"rootless=true\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"container.appar"
		"mor.security.beta.kubernetes.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"rootless-node\"},"
		"\"name\":\"rootless-node\",\"namespace\":\"c-rootless\"},\"spec\":{\"progressDeadlineSeconds\":600,"
		"\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"rootless-node\"}"
		"},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"Rolli"
		"ngUpdate\"},\"template\":{\"metadata\":{\"annotations\":{\"container.apparmor.security.beta.kubernet"
		"es.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"rootless-node\"}},\"spec\":{\"containers\":["
		"{\"args\":[\"--allow-insecure-entitlement=network.host\",\"--oci-worker-no-process-sandbox\"],\"imag"
		"e\":\"moby/buildkit:buildx-stable-1-rootless\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe"
		"\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDela"
		"ySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd"
		"\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshol"
		"d\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},"
		"\"resources\":{},\"securityContext\":{\"seccompProfile\":{\"type\":\"Unconfined\"}},\"terminationMes"
		"sagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\",\"volumeMounts\":[{\"mount"
		"Path\":\"/home/user/.local/share/buildkit\",\"name\":\"buildkitd\"}]}],\"dnsPolicy\":\"ClusterFirst"
		"\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"ter"
		"minationGracePeriodSeconds\":30,\"volumes\":[{\"emptyDir\":{},\"name\":\"buildkitd\"}]}}}}",
		NULL},
	{"rootlessfalse.new", WORKLOAD_DEPLOYMENT,
		"rootless=false\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"rootlessfals"
		"e-node\"},\"name\":\"rootlessfalse-node\",\"namespace\":\"c-rootlessfalse\"},\"spec\":{\"progressDea"
		"dlineSeconds\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\""
		":\"rootlessfalse-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":"
		"\"25%\"},\"type\":\"RollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"rootlessfalse"
		"-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"imag"
		"e\":\"moby/buildkit:buildx-stable-1-rootless\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe"
		"\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDela"
		"ySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd"
		"\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshol"
		"d\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},"
		"\"resources\":{},\"securityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termina"
		"tion-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":"
		"\"Always\",\"schedulerName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSe"
		"conds\":30}}}}",
		NULL},
	{"rootlessmemory.new", WORKLOAD_DEPLOYMENT,
		"buildkit-root-volume-memory=256Mi\nrootless=true\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"annotations\":{\"container.appar"
		"mor.security.beta.kubernetes.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"rootlessmemory-nod"
		"e\"},\"name\":\"rootlessmemory-node\",\"namespace\":\"c-rootlessmemory\"},\"spec\":{\"progressDeadli"
		"neSeconds\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\""
		"rootlessmemory-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"2"
		"5%\"},\"type\":\"RollingUpdate\"},\"template\":{\"metadata\":{\"annotations\":{\"container.apparmor."
		"security.beta.kubernetes.io/buildkitd\":\"unconfined\"},\"labels\":{\"app\":\"rootlessmemory-node\"}"
		"},\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\",\"--oci-worker-"
		"no-process-sandbox\"],\"image\":\"moby/buildkit:buildx-stable-1-rootless\",\"imagePullPolicy\":\"IfN"
		"otPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failure"
		"Threshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds"
		"\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"wo"
		"rkers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\""
		":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"seccompProfile\":{\"type\":\"Uncon"
		"fined\"}},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\","
		"\"volumeMounts\":[{\"mountPath\":\"/home/user/.local/share/buildkit\",\"name\":\"buildkitd\"}]}],\"d"
		"nsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"s"
		"ecurityContext\":{},\"terminationGracePeriodSeconds\":30,\"volumes\":[{\"emptyDir\":{\"medium\":\"Me"
		"mory\",\"sizeLimit\":\"256Mi\"},\"name\":\"buildkitd\"}]}}}}",
		NULL},
	{"sa.new", WORKLOAD_DEPLOYMENT,
		"serviceaccount=builder\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"sa-node\"},"
		"\"name\":\"sa-node\",\"namespace\":\"c-sa\"},\"spec\":{\"progressDeadlineSeconds\":600,\"replicas\":"
		"1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"sa-node\"}},\"strategy\":{\"r"
		"ollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\":\"RollingUpdate\"},\"templ"
		"ate\":{\"metadata\":{\"labels\":{\"app\":\"sa-node\"}},\"spec\":{\"containers\":[{\"args\":[\"--allo"
		"w-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:buildx-stable-1\",\"imagePullPolicy"
		"\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},"
		"\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeo"
		"utSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec\":{\"command\":[\"buildctl\",\"deb"
		"ug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\":30,\"successTh"
		"reshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityContext\":{\"privileged\":true},\"term"
		"inationMessagePath\":\"/dev/termination-log\",\"terminationMessagePolicy\":\"File\"}],\"dnsPolicy\":"
		"\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":\"default-scheduler\",\"securityCont"
		"ext\":{},\"serviceAccount\":\"builder\",\"serviceAccountName\":\"builder\",\"terminationGracePeriodS"
		"econds\":30}}}}",
		NULL},
	{"scheduler.new", WORKLOAD_DEPLOYMENT,
		"schedulername=other\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"scheduler-no"
		"de\"},\"name\":\"scheduler-node\",\"namespace\":\"c-scheduler\"},\"spec\":{\"progressDeadlineSeconds"
		"\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"scheduler"
		"-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},\"type\""
		":\"RollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"scheduler-node\"}},\"spec\":{"
		"\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby/buildkit:"
		"buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"command\":[\"b"
		"uildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"periodSeconds\""
		":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe\":{\"exec"
		"\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\""
		":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"securityCon"
		"text\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"terminationMessag"
		"ePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedulerName\":"
		"\"other\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30}}}}",
		NULL},
	{"tolerations.new", WORKLOAD_DEPLOYMENT,
		"tolerations=key=pool,value=build,effect=NoSchedule;key=spot,operator=Exists,effect=NoExecute,tolerationSeconds=30\n",
		"--allow-insecure-entitlement=network.host", "",
		"{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"labels\":{\"app\":\"tolerations-"
		"node\"},\"name\":\"tolerations-node\",\"namespace\":\"c-tolerations\"},\"spec\":{\"progressDeadlineS"
		"econds\":600,\"replicas\":1,\"revisionHistoryLimit\":10,\"selector\":{\"matchLabels\":{\"app\":\"tol"
		"erations-node\"}},\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"25%\",\"maxUnavailable\":\"25%\"},"
		"\"type\":\"RollingUpdate\"},\"template\":{\"metadata\":{\"labels\":{\"app\":\"tolerations-node\"}},"
		"\"spec\":{\"containers\":[{\"args\":[\"--allow-insecure-entitlement=network.host\"],\"image\":\"moby"
		"/buildkit:buildx-stable-1\",\"imagePullPolicy\":\"IfNotPresent\",\"livenessProbe\":{\"exec\":{\"comm"
		"and\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDelaySeconds\":5,\"perio"
		"dSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"name\":\"buildkitd\",\"readinessProbe"
		"\":{\"exec\":{\"command\":[\"buildctl\",\"debug\",\"workers\"]},\"failureThreshold\":3,\"initialDela"
		"ySeconds\":5,\"periodSeconds\":30,\"successThreshold\":1,\"timeoutSeconds\":60},\"resources\":{},\"s"
		"ecurityContext\":{\"privileged\":true},\"terminationMessagePath\":\"/dev/termination-log\",\"termina"
		"tionMessagePolicy\":\"File\"}],\"dnsPolicy\":\"ClusterFirst\",\"restartPolicy\":\"Always\",\"schedul"
		"erName\":\"default-scheduler\",\"securityContext\":{},\"terminationGracePeriodSeconds\":30,\"tolerat"
		"ions\":[{\"effect\":\"NoSchedule\",\"key\":\"pool\",\"value\":\"build\"},{\"effect\":\"NoExecute\","
		"\"key\":\"spot\",\"operator\":\"Exists\",\"tolerationSeconds\":30}]}}}}",
		NULL},
};
// clang-format on

#endif
