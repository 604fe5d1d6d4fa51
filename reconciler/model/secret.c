/* Telling secrets from plain values by their names, and showing what may be shown. */
#include "model/secret.h"

#include "base/text.h"
#include "model/credential.h"

#include <string.h>

static bool text_starts_env(const char *key)
{
	return strncmp(key, "env.", 4) == 0;
}

bool name_is_secret(const char *option_key)
{
	return option_key && text_starts_env(option_key) && name_is_credential(option_key + 4);
}

bool option_is_secret(const char *option_key, const char *value)
{
	return name_is_secret(option_key) ||
	       (option_key && text_starts_env(option_key) && value_is_secret(option_key + 4, value));
}

const char *pair_shown(struct arena *arena, const struct pair *pair)
{
	if (!pair->value)
		return "";
	if (text_equal(pair->value, SECRET_UNSET))
		return SECRET_UNSET;
	if (pair->secret || option_is_secret(pair->key, pair->value))
		return SECRET_SHOWN;
	return text_without_password(arena, pair->value);
}

const char *setting_shown(struct arena *arena, const char *key, const char *value)
{
	const char *dot = key ? strrchr(key, '.') : NULL, *name = dot ? dot + 1 : key;

	return name && name_is_credential(name) ? SECRET_SHOWN : text_without_password(arena, value);
}
