"""What every page needs: templates, assets, security, error pages."""
