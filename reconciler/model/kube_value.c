/* Values of driver kubernetes' options: what the API server takes, and when two of them are the same. */
#include "model/kube_value.h"

#include "base/count.h"
#include "base/text.h"
#include "model/normal.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

enum { EXPONENT_MAX = 300 /* of a double; Kubernetes caps at 18 */, TOLERATION_FIELDS = 5 };

static bool is_plain(char c)
{
	return isdigit((unsigned char)c) || (c >= 'a' && c <= 'z');
}

/* A DNS label of this length. */
static bool is_label(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!is_plain(text[i]) && text[i] != '-')
			return false;
	return length > 0 && is_plain(text[0]) && is_plain(text[length - 1]);
}

bool dns_label_valid(const char *text)
{
	return strlen(text) <= KUBE_LABEL_MAX && is_label(text, strlen(text));
}

static bool is_name(const char *text, size_t length)
{
	const char *end = text + length;

	if (length > KUBE_NAME_MAX)
		return false;
	for (;;) {
		const char *dot = memchr(text, '.', (size_t)(end - text));

		if (!is_label(text, (size_t)((dot ? dot : end) - text)))
			return false;
		if (!dot)
			return true;
		text = dot + 1;
	}
}

bool dns_name_valid(const char *text)
{
	return is_name(text, strlen(text));
}

/* What labels have behind the prefix and as value: letters and digits, with "-", "_" and "." between them. */
static bool is_word(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("-_.", text[i]))
			return false;
	return length > 0 && length <= KUBE_LABEL_MAX && isalnum((unsigned char)text[0]) &&
	       isalnum((unsigned char)text[length - 1]);
}

static bool is_label_value(const char *text)
{
	return *text == '\0' || is_word(text);
}

/* IsQualifiedName: "app", "example.com/app". */
static bool is_qualified(const char *text)
{
	const char *slash = strchr(text, '/');

	return slash ? is_name(text, (size_t)(slash - text)) && is_word(slash + 1) : is_word(text);
}

/* Go's strconv.ParseInt in base 10. */
static bool integer_read(const char *value, long long *ret_number)
{
	const char *digits = value + (*value == '-' || *value == '+');

	if (!*digits || digits[strspn(digits, DIGITS)] != '\0')
		return false;
	errno = 0;
	*ret_number = strtoll(value, NULL, 10);
	return errno == 0;
}

double kube_quantity(const char *text)
{
	static const struct {
		const char *suffix;
		double times, over;
	} units[] = {{"", 1, 1},	{"n", 1, 1e9},	   {"u", 1, 1e6},     {"m", 1, 1e3},
		     {"k", 1e3, 1},	{"M", 1e6, 1},	   {"G", 1e9, 1},     {"T", 1e12, 1},
		     {"P", 1e15, 1},	{"E", 1e18, 1},	   {"Ki", 0x1p10, 1}, {"Mi", 0x1p20, 1},
		     {"Gi", 0x1p30, 1}, {"Ti", 0x1p40, 1}, {"Pi", 0x1p50, 1}, {"Ei", 0x1p60, 1}};
	double number;
	long long exponent;

	text = decimal_read(text + (*text == '+'), &number);
	if (!text)
		return -1;
	for (size_t i = 0; i < COUNT(units); i++)
		if (strcmp(text, units[i].suffix) == 0)
			return number * units[i].times / units[i].over;
	if ((*text != 'e' && *text != 'E') || !integer_read(text + 1, &exponent) || exponent > EXPONENT_MAX ||
	    exponent < -EXPONENT_MAX)
		return -1;
	for (; exponent > 0; exponent--)
		number *= 10;
	for (; exponent < 0; exponent++)
		number /= 10;
	return number;
}

/* Kubernetes keeps billionths, and a double less of large numbers. */
bool kube_quantity_same(double a, double b)
{
	return a >= 0 && b >= 0 && fabs(a - b) <= 1e-12 * (a + b);
}

/* Takes what is before the separator off *at, which becomes NULL behind the last. */
static char *part_take(char **at, char separator)
{
	char *part = *at, *end = strchr(part, separator);

	*at = end ? end + 1 : NULL;
	if (end)
		*end = '\0';
	return part;
}

/* docker/buildx driver/kubernetes/factory.go, splitMultiValues: quotes around it all go, and what is said twice counts
 * as it was said last. False: BuildX refuses it. */
static bool labels_read(struct arena *arena, const char *value, struct pairs *ret_pairs)
{
	static const char quote[] = "\"";
	size_t begin = strspn(value, quote), length = strlen(value);

	*ret_pairs = (struct pairs){0};
	while (length > begin && value[length - 1] == *quote)
		length--;
	for (char *at = arena_strndup(arena, value + begin, length - begin); at;) {
		char *key = part_take(&at, ','), *sign = strchr(key, '=');
		struct pair *pair = NULL;

		if (!sign || strchr(sign + 1, '='))
			return false;
		*sign = '\0';
		for (size_t i = 0; i < ret_pairs->count && !pair; i++)
			if (text_equal(ret_pairs->items[i].key, key))
				pair = &ret_pairs->items[i];
		if (!pair)
			pair = ARENA_PUSH(arena, ret_pairs->items, ret_pairs->count);
		*pair = (struct pair){.key = key, .value = sign + 1};
	}
	pairs_sort(ret_pairs);
	return true;
}

/* pkg/apis/core/validation: labels and node selectors alike; what annotations hold is free, and case in their keys. */
static const char *labels_problem(struct arena *arena, const struct driver_option *option, const char *value)
{
	static const char pairs_words[] = "pairs, NAME=VALUE,NAME=VALUE";
	struct pairs pairs;

	if (!labels_read(arena, value, &pairs))
		return pairs_words;
	for (size_t i = 0; i < pairs.count; i++) {
		const char *key = pairs.items[i].key;
		bool free_form = option->type == OPTION_ANNOTATIONS;

		if (text_equal(key, option->words))
			return arena_printf(arena, "%s, without `%s`, which BuildX sets itself", pairs_words, key);
		if (!is_qualified(free_form ? name_lower(arena, key) : key))
			return arena_printf(arena, "%s: Kubernetes takes no NAME like `%s`", pairs_words, key);
		if (!free_form && !is_label_value(pairs.items[i].value))
			return arena_printf(arena, "%s: Kubernetes takes no VALUE like `%s`", pairs_words,
					    pairs.items[i].value);
	}
	return NULL;
}

static bool pairs_same(const struct pairs *a, const struct pairs *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!text_equal(a->items[i].key, b->items[i].key) || !text_equal(a->items[i].value, b->items[i].value))
			return false;
	return true;
}

/* Texts as they were written, NULL each that was not. */
struct toleration {
	const char *key, *operator, * value, *effect, *seconds;
};

static bool toleration_take(struct toleration *toleration, char *field)
{
	const struct {
		const char *name, **member;
	} members[TOLERATION_FIELDS] = {{"key", &toleration->key}, {"operator", &toleration->operator},
								    {"value", &toleration->value},
								    {"effect", &toleration->effect},
								    {"tolerationSeconds", &toleration->seconds}};
	char *sign = strchr(field, '=');

	if (!sign || strchr(sign + 1, '='))
		return false;
	*sign = '\0';
	for (size_t i = 0; i < COUNT(members); i++)
		if (text_equal(members[i].name, field)) {
			*members[i].member = sign + 1;
			return true;
		}
	return false;
}

static bool is_integer(const char *text)
{
	long long number;

	return integer_read(text, &number);
}

/* validateTolerations; NULL: it is well. */
static const char *toleration_problem(const struct toleration *toleration)
{
	static const char *const effects[] = {"NoSchedule", "PreferNoSchedule", "NoExecute"};
	bool exists = text_equal(toleration->operator, "Exists"), known = text_empty(toleration->effect);

	for (size_t i = 0; i < COUNT(effects); i++)
		known = known || text_equal(toleration->effect, effects[i]);
	if (!known)
		return "an effect is NoSchedule, PreferNoSchedule or NoExecute";
	if (!exists && !text_empty(toleration->operator) && !text_equal(toleration->operator, "Equal"))
		return "an operator is Equal or Exists";
	if (text_empty(toleration->key) && !exists)
		return "without a key the operator must be Exists";
	if (!text_empty(toleration->key) && !is_qualified(toleration->key))
		return "Kubernetes takes no such key";
	if (exists && !text_empty(toleration->value))
		return "with the operator Exists there is no value";
	if (!exists && toleration->value && !is_label_value(toleration->value))
		return "Kubernetes takes no such value";
	if (toleration->seconds && !is_integer(toleration->seconds))
		return "tolerationSeconds is a whole number";
	if (toleration->seconds && !text_equal(toleration->effect, "NoExecute"))
		return "tolerationSeconds goes with the effect NoExecute alone";
	return NULL;
}

/* The same file as for labels, processDriverOpts. It passes over what is no pair; here that is told. NULL: all well. */
static const char *tolerations_read(struct arena *arena, const char *value, struct strings *ret_each)
{
	const char *problem = NULL;

	*ret_each = (struct strings){0};
	for (char *at = arena_strdup(arena, value); at;) {
		struct toleration one = {0};

		for (char *fields = part_take(&at, ';'); fields;)
			if (!toleration_take(&one, part_take(&fields, ',')))
				return "made of key=, value=, operator=, effect= and tolerationSeconds=, "
				       "parted by commas, and several by semicolons";
		if (!problem && (problem = toleration_problem(&one)))
			problem = arena_printf(arena, "what Kubernetes takes: %s", problem);
		strings_add(arena, ret_each,
			    arena_printf(arena, "%s\n%s\n%s\n%s\n%s", one.key ? one.key : "",
					 text_empty(one.operator) ? "Equal" : one.operator, one.value ? one.value : "",
					 one.effect ? one.effect : "", one.seconds ? one.seconds : ""));
	}
	strings_sort(ret_each);
	return problem;
}

const char *kube_value_problem(struct arena *arena, const struct driver_option *option, const char *value)
{
	struct strings each;

	switch (option->type) {
	case OPTION_QUANTITY:
		return kube_quantity(value) >= 0 ? NULL
						 : "a quantity as Kubernetes writes it, such as 500m, 2, 64Mi or 10Gi";
	case OPTION_CAPACITY:
		return kube_quantity(value) > 0 ? NULL : "a quantity above 0, such as 10Gi";
	case OPTION_LABELS:
	case OPTION_ANNOTATIONS:
		return labels_problem(arena, option, value);
	case OPTION_TOLERATIONS:
		return tolerations_read(arena, value, &each);
	case OPTION_DNS_LABEL:
		return dns_label_valid(value) ? NULL
					      : "a name as Kubernetes takes it: lower-case letters, digits and `-` "
						"between them, 63 at most";
	case OPTION_DNS_NAME:
		return dns_name_valid(value) ? NULL
					     : "a name as Kubernetes takes it: lower-case letters, digits, and `-` or "
					       "`.` between them";
	default:
		return NULL;
	}
}

bool kube_value_same(const struct driver_option *option, const char *one, const char *other)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct pairs a, b;
	struct strings these, those;

	switch (option->type) {
	case OPTION_QUANTITY:
	case OPTION_CAPACITY:
		return kube_quantity_same(kube_quantity(one), kube_quantity(other));
	case OPTION_LABELS:
	case OPTION_ANNOTATIONS:
		return labels_read(arena, one, &a) && labels_read(arena, other, &b) && pairs_same(&a, &b);
	case OPTION_TOLERATIONS:
		tolerations_read(arena, one, &these);
		tolerations_read(arena, other, &those);
		return these.count > 0 && strings_equal(&these, &those);
	default:
		return false;
	}
}
