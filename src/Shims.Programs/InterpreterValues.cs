using System.CommandLine.Parsing;
using System.Text;
using Shims.Cgi;

namespace Shims.Programs;

/// <summary>The values of <c>--interpreter</c> and <c>--index</c>: the same checks for the gateways and for <c>shimctl</c>, which writes their command lines.</summary>
internal static class InterpreterValues
{
    /// <summary>Checks each value: an extension, and the full path of a program that can run files.</summary>
    internal static void Check(OptionResult option)
    {
        var extensions = new HashSet<string>();
        foreach (Token token in option.Tokens)
        {
            int equals = token.Value.IndexOf('=');
            string extension = equals < 0 ? "" : token.Value[..equals], program = token.Value[(equals + 1)..];
            if (extension.Length > 0 && extension[0] != '.')
                option.AddError($"--interpreter takes .EXTENSION=PROGRAM, not \"{token.Value}\": begin the extension with a dot, for example --interpreter .php=/usr/bin/php-cgi");
            else if (extension.Length < 2 || extension.AsSpan(1).ContainsAny('.', '/') || program is not ['/', ..])
                option.AddError($"--interpreter takes .EXTENSION=PROGRAM, not \"{token.Value}\": write the program's full path, for example --interpreter .php=/usr/bin/php-cgi");
            else if (Objection(program) is var (cause, fix))
                option.AddError($"{cause}: {fix}");
            else if (!extensions.Add(extension))
                option.AddError($"--interpreter names {extension} twice: name one program for it");
        }
    }

    /// <summary>Checks the names of files that respond for their folder.</summary>
    internal static void CheckIndexes(OptionResult option)
    {
        string[] names = option.Tokens is [.., var last] ? last.Value.Split(',') : [];
        if (names.Length > ScriptOptions.MostIndexes)
            option.AddError($"--index takes {ScriptOptions.MostIndexes} names at the most: leave some out");
        foreach (string name in names)
        {
            if (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(name) > 255)
                option.AddError($"--index takes names of files, not \"{name}\": write for example --index index.php,index.cgi");
        }
    }

    /// <summary>Explains why a program cannot run pages.</summary>
    /// <param name="program">Its path.</param>
    /// <returns>Cause and fix; null if nothing is known against it.</returns>
    internal static (string Cause, string Fix)? Objection(string program) => InterpreterNames.IsPhpOfCommandLine(Encoding.UTF8.GetBytes(program))
        ? ($"--interpreter names {program}, PHP of the command line, which writes no header", "install php-cgi, and name that")
        : null;
}
