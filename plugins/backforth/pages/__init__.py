"""Pages in the Airflow UI. Everything that comes from the web is escaped by the templates."""
