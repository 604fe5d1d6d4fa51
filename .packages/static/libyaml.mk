# libyaml: its version comes from configure elsewhere.
libyaml_part = $(shell sed -n 's/^m4_define(\[YAML_$(1)\], \([0-9]*\))/\1/p' $(SOURCES)/libyaml/configure.ac)
libyaml_version := $(foreach part,MAJOR MINOR PATCH,$(call libyaml_part,$(part)))
libyaml_flags := $(foreach part,1=MAJOR 2=MINOR 3=PATCH,-DYAML_VERSION_$(lastword $(subst =, ,$(part)))=$(word $(firstword $(subst =, ,$(part))),$(libyaml_version)))
libyaml_flags += -DYAML_VERSION_STRING='"$(subst $() ,.,$(libyaml_version))"'
$(eval $(call library,libyaml,$(call sources,libyaml,src/*.c),-DYAML_DECLARE_STATIC -I$(SOURCES)/libyaml/include $(libyaml_flags)))
$(eval $(call headers,$(SOURCES)/libyaml/include/yaml.h))
