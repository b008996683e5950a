namespace Shims.Recording;

/// <summary>The names of a capsule's sections. Those that say "each" occur once for each.</summary>
internal static class CapsuleSection
{
    /// <summary>The longest name that a reader takes.</summary>
    internal const int MaxName = 32;

    /// <summary>The program's name.</summary>
    internal const string Program = "program";

    /// <summary>The program's version.</summary>
    internal const string Version = "version";

    /// <summary>The time of the request: milliseconds since 1970, UTC.</summary>
    internal const string Time = "time";

    /// <summary>The id on the error page and in the log, and the file's name.</summary>
    internal const string RequestId = "request-id";

    /// <summary>A word of <see cref="CapsuleReason"/>, in small letters.</summary>
    internal const string Reason = "reason";

    /// <summary>The status the client got, if it is known.</summary>
    internal const string Status = "status";

    /// <summary>The cause of the failure.</summary>
    internal const string Cause = "cause";

    /// <summary>The fix.</summary>
    internal const string Cure = "cure";

    /// <summary>SCGI or FastCGI.</summary>
    internal const string Protocol = "protocol";

    /// <summary>A description of the peer.</summary>
    internal const string Peer = "peer";

    /// <summary>TARGET of the command line, made absolute; a slash at its end if it is a directory.</summary>
    internal const string Target = "target";

    /// <summary>The script that was found.</summary>
    internal const string Script = "script";

    /// <summary>The program that runs the script, if <c>--interpreter</c> named one.</summary>
    internal const string Interpreter = "interpreter";

    /// <summary>The script's working directory.</summary>
    internal const string Directory = "directory";

    /// <summary>Each of the script's arguments, without argv[0].</summary>
    internal const string Argument = "argument";

    /// <summary>The number of the user that the script ran as.</summary>
    internal const string User = "user";

    /// <summary>The number of its group.</summary>
    internal const string Group = "group";

    /// <summary>Each supplementary group.</summary>
    internal const string SupplementaryGroup = "supplementary-group";

    /// <summary>--cpu, seconds, if given.</summary>
    internal const string CpuSeconds = "cpu-seconds";

    /// <summary>--memory, bytes, if given.</summary>
    internal const string AddressSpace = "address-space";

    /// <summary>The end of the script: <c>exit 3</c>, <c>signal 9</c>, <c>signal 11 core</c>. Absent if it had not.</summary>
    internal const string End = "ended";

    /// <summary>Milliseconds from the request's coming to the script's start.</summary>
    internal const string StartedAfter = "started-after";

    /// <summary>Milliseconds from the request's coming to the script's first output.</summary>
    internal const string AnsweredAfter = "answered-after";

    /// <summary>Milliseconds from the request's coming to the writing of the capsule.</summary>
    internal const string Elapsed = "elapsed";

    /// <summary>Each variable of the request: NAME=VALUE, in the order in which they came.</summary>
    internal const string Variable = "variable";

    /// <summary>Each variable of the script's environment: NAME=VALUE.</summary>
    internal const string Environment = "environment";

    /// <summary>Bytes of the body that came.</summary>
    internal const string BodyLength = "body-length";

    /// <summary>The body's beginning.</summary>
    internal const string Body = "body";

    /// <summary>Bytes of a Filter's file that came.</summary>
    internal const string DataLength = "data-length";

    /// <summary>The beginning of the file that a FastCGI Filter is to filter.</summary>
    internal const string Data = "data";

    /// <summary>Bytes that the script wrote to its standard error.</summary>
    internal const string ErrorLength = "stderr-length";

    /// <summary>The end of them.</summary>
    internal const string Error = "stderr";

    /// <summary>Bytes that the script wrote to its standard output, as far as they were counted.</summary>
    internal const string ReplyLength = "reply-length";

    /// <summary>The beginning of them: its header, and what fits of the body.</summary>
    internal const string Reply = "reply";

    /// <summary>Each place from which a secret was taken, such as <c>variable HTTP_COOKIE</c>.</summary>
    internal const string Redacted = "redacted";

    /// <summary>Present if secrets were kept: --record-secrets.</summary>
    internal const string Secrets = "secrets-kept";

    /// <summary>Present if sections were left out, because the capsule would have become too large.</summary>
    internal const string Cut = "cut";

    /// <summary>The last section, empty. A file without it was not written to its end.</summary>
    internal const string Last = "end";
}
