"""What ``datamart check`` finds out: whether a connection and the jobs that use it would work, without running one."""
