"""The system calls that a case may make, `name:x86_64:aarch64`, from Linux's own headers.

Sources: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h; `-` where aarch64
has no such call.
"""

ANYWHERE = """
read:0:63 write:1:64 close:3:57 fstat:5:80 newfstatat:262:79 stat:4:- lstat:6:- statx:332:291 lseek:8:62
pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66 preadv:295:69 pwritev:296:70 getdents64:217:61
readlink:89:- readlinkat:267:78 getcwd:79:17 access:21:- faccessat:269:48 faccessat2:439:439 poll:7:-
ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20 epoll_ctl:233:21
epoll_wait:232:- epoll_pwait:281:22 eventfd2:290:19 pipe:22:- pipe2:293:59 dup:32:23 dup2:33:-
dup3:292:24 close_range:436:436 mmap:9:222 munmap:11:215 mremap:25:216 mprotect:10:226 madvise:28:233
brk:12:214 membarrier:324:283 futex:202:98 set_robust_list:273:99 get_robust_list:274:100 rseq:334:293
set_tid_address:218:96 arch_prctl:158:- getpid:39:172 gettid:186:178 getppid:110:173 getuid:102:174
geteuid:107:175 getgid:104:176 getegid:108:177 getgroups:115:158 getpgrp:111:- getpgid:121:155
getsid:124:156 getpriority:140:141 sched_getaffinity:204:123 sched_yield:24:124 clock_gettime:228:113
clock_getres:229:114 clock_nanosleep:230:115 nanosleep:35:101 gettimeofday:96:169 time:201:-
times:100:153 getrusage:98:165 sysinfo:99:179 uname:63:160 getcpu:309:168 getrandom:318:278
rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136
rt_sigtimedwait:128:137 sigaltstack:131:132 setitimer:38:103 getitimer:36:102 alarm:37:- pause:34:-
exit:60:93 exit_group:231:94 restart_syscall:219:128 umask:95:166 chdir:80:49 fchdir:81:50
ftruncate:77:46 fsync:74:82 fdatasync:75:83 fadvise64:221:223 statfs:137:43 fstatfs:138:44
recvfrom:45:207
"""
"""Reading, waiting, memory, time, its own signals: all that a computing program needs."""

OWN_FILES = """
mkdir:83:- mkdirat:258:34 rmdir:84:- unlink:87:- unlinkat:263:35 rename:82:- renameat:264:38
renameat2:316:276 symlink:88:- symlinkat:266:36 link:86:- linkat:265:37 truncate:76:45 chmod:90:-
fchmod:91:52 fchmodat:268:53 utimensat:280:88 sync_file_range:277:84 tgkill:234:131
"""
"""Besides, where all that it sees is its own: changing files, signals to its own threads."""

BY_ARGUMENTS = """
openat:257:56 clone:56:220 clone3:435:435 prctl:157:167 prlimit64:302:261 getrlimit:97:163 fcntl:72:25
ioctl:16:29 socketpair:53:199 sendto:44:206
"""
"""Calls of which only some uses are harmless: `seccomp` looks at their arguments."""
