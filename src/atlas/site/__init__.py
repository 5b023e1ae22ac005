"""The pages: System and catalogue to static files, a static JSON API and a search index."""
