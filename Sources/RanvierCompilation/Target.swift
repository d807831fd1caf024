// Declarations of this target follow.
