"""The relay, under load as well."""
