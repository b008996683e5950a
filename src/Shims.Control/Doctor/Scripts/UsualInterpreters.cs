namespace Shims.Control.Doctor.Scripts;

/// <summary>The interpreter that a script is for, by its name and its beginning.</summary>
internal static class UsualInterpreters
{
    /// <summary>The interpreter that line 1 should name.</summary>
    /// <param name="script">Its path.</param>
    /// <param name="start">Its first bytes.</param>
    /// <returns>Null if that cannot be told.</returns>
    internal static string? Guess(string script, ReadOnlySpan<byte> start) => Path.GetExtension(script) switch
    {
        ".sh" => "/bin/sh",
        ".bash" => "/usr/bin/env bash",
        ".pl" => "/usr/bin/env perl",
        ".py" => "/usr/bin/env python3",
        ".rb" => "/usr/bin/env ruby",
        // The command-line php writes no header.
        ".php" => "/usr/bin/env php-cgi",
        ".js" or ".mjs" => "/usr/bin/env node",
        ".cs" => "/usr/bin/env dotnet",
        ".lua" => "/usr/bin/env lua",
        ".tcl" => "/usr/bin/env tclsh",
        _ when start.StartsWith("<?php"u8) => "/usr/bin/env php-cgi",
        _ when start.IndexOf("use strict;"u8) >= 0 => "/usr/bin/env perl",
        _ when start.StartsWith("import "u8) || start.IndexOf("\nimport "u8) >= 0 => "/usr/bin/env python3",
        _ when start.StartsWith("echo "u8) || start.IndexOf("\necho "u8) >= 0 => "/bin/sh",
        _ => null,
    };

    /// <summary>The name of an interpreter, wherever line 1 thinks it is: <c>perl</c> of <c>C:\Perl\bin\perl.exe</c>.</summary>
    internal static string NameOf(string program)
    {
        string name = program[(program.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^".exe".Length].ToLowerInvariant() : name;
    }

    /// <summary>Names under which an interpreter may be installed, the best first.</summary>
    internal static IEnumerable<string> NamesFor(string name) => name switch
    {
        "python" or "python2" => ["python3"],
        "perl5" => ["perl"],
        "nodejs" => ["node"],
        "php5" or "php7" => ["php-cgi"],
        _ => [name],
    };
}
