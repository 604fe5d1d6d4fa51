# nghttp2: HTTP/2 for curl; BuildKit's gRPC is spoken over it.
$(eval $(call library,nghttp2,$(call sources,nghttp2,lib/*.c),-DNGHTTP2_STATICLIB -DHAVE_ARPA_INET_H -DHAVE_NETINET_IN_H \
  -DHAVE_CLOCK_GETTIME -DHAVE_DECL_CLOCK_MONOTONIC=1 -I$(SOURCES)/nghttp2/lib/includes -I$(OUT)/include,$(OUT)/include/nghttp2/nghttp2ver.h))
$(eval $(call headers,$(SOURCES)/nghttp2/lib/includes/nghttp2/nghttp2.h,nghttp2/))
nghttp2_VERSION := $(call version,nghttp2)
$(OUT)/include/nghttp2/nghttp2ver.h: $(SOURCES)/nghttp2/lib/includes/nghttp2/nghttp2ver.h.in
	@mkdir -p $(@D)
	@sed "s/@PACKAGE_VERSION@/$(nghttp2_VERSION)/; s/@PACKAGE_VERSION_NUM@/$$(printf '0x%02x%02x%02x' $(subst ., ,$(nghttp2_VERSION)))/" $< >$@
