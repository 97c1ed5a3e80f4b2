"""Players who learn against each other: one equilibrium of a concept, not the best one."""
