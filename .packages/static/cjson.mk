# cJSON: the one file; what it has besides (patches, pointers) nobody here calls.
$(eval $(call library,cjson,cJSON.c,-DCJSON_HIDE_SYMBOLS))
$(eval $(call headers,$(SOURCES)/cjson/cJSON.h,cjson/))
