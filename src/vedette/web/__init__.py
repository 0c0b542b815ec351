"""The workbench: server-rendered pages over workflows. Thin routers, typed view models, no logic in templates."""
