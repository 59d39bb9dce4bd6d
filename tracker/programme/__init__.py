"""The office's pages of the curriculum: look, change with a preview, import, export, former states."""
