"""The coordinators' admin, a module per subject; `tech4muni.home.admin_site` brings them together."""
