/* For cppcheck only, which does not read the libraries' headers: the one macro of theirs that is syntax. */
#define cJSON_ArrayForEach(element, array)                                                                             \
	for (element = (array) ? (array)->child : 0; element; element = element->next)
