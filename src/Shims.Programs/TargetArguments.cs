using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
using Shims.Gateway.Requests;
using Shims.Posix;

namespace Shims.Programs;

/// <summary>TARGET and ARG... as bytes, in memory that stays where it is for the life of the process.</summary>
internal static unsafe class TargetArguments
{
    /// <summary>Reads what follows the options.</summary>
    /// <exception cref="ShimException">TARGET is the root directory.</exception>
    /// <param name="args">The whole command line, as .NET decoded it.</param>
    /// <param name="index">The position of TARGET.</param>
    internal static ScriptTarget Read(string[] args, int index)
    {
        byte[][] words = ToBytes(args);
        byte[] target = words[index];
        if (!target.AsSpan().ContainsAnyExcept((byte)'/'))
            throw new ShimException(ExitCode.Usage, "TARGET is the root directory, and would let a request run any file of the machine", "name the script, or the directory of scripts with a slash at its end");
        bool isDirectory = target.Length > 1 && target[^1] == (byte)'/';
        if (target is not [(byte)'/', ..])
            target = [.. Encoding.UTF8.GetBytes(Environment.CurrentDirectory), (byte)'/', .. target];
        ReadOnlySpan<byte> path = isDirectory ? target.AsSpan().TrimEnd((byte)'/') : target;

        int count = words.Length - index - 1;
        var arguments = (byte**)Libc.Allocate((count + 1) * sizeof(byte*));
        for (int i = 0; i < count; i++)
            arguments[i] = Copy(words[index + 1 + i]);
        arguments[count] = null;
        return new ScriptTarget(Copy(path), path.Length, isDirectory, arguments, count);
    }

    /// <summary>An interpreter without a script reads one from its standard input, which is the body of a request; php-cgi looks for it in
    /// SCRIPT_FILENAME, which would be itself.</summary>
    /// <exception cref="ShimException">TARGET is such a program.</exception>
    internal static void RefuseInterpreter(GatewayOptions options)
    {
        ScriptTarget target = options.Target;
        if (target.IsDirectory || InterpreterNames.ExtensionOf(target.Path) is not { } extension)
            return;
        bool isCgi = extension == ".php" && !InterpreterNames.IsPhpOfCommandLine(target.Path);
        if (isCgi ? options.Environment.Sets("SCRIPT_FILENAME"u8) : HasScript(target))
            return;
        string interpreter = PrintableText.Of(target.Path);
        if (InterpreterNames.IsPhpOfCommandLine(target.Path))
        {
            throw new ShimException(ExitCode.Usage, $"TARGET is PHP of the command line, {interpreter}, which writes no header",
                $"install php-cgi, write the directory of its scripts as TARGET, and {options.Program} --interpreter .php=/usr/bin/php-cgi /srv/www/");
        }
        throw new ShimException(ExitCode.Usage, $"TARGET is an interpreter, {interpreter}, without a script for it",
            $"write the directory of its scripts as TARGET, and {options.Program} --interpreter {extension}={interpreter} /srv/www/");
    }

    /// <summary>True if an argument is a file to run, or code: without either, options such as <c>-w</c> leave the interpreter to its standard
    /// input.</summary>
    private static bool HasScript(in ScriptTarget target)
    {
        bool isCode = false;
        for (int i = 0; i < target.ArgumentCount; i++)
        {
            byte* argument = target.Arguments[i];
            var word = new ReadOnlySpan<byte>(argument, Libc.LengthOf(argument));
            if (isCode || (!word.StartsWith("-"u8) && (word.Contains((byte)'/') || Libc.MayAccess(argument, Flags.R_OK))))
                return true;
            // perl -e CODE, python3 -c CODE, python3 -m MODULE
            isCode = word.Length == 2 && word[0] == (byte)'-' && word[1] is (byte)'e' or (byte)'E' or (byte)'c' or (byte)'m';
        }
        return false;
    }

    /// <summary>.NET replaces bytes that are not UTF-8; then, and only then, the kernel's copy is read.</summary>
    private static byte[][] ToBytes(string[] args)
    {
        if (!Array.Exists(args, static word => word.Contains('\uFFFD')) || !File.Exists("/proc/self/cmdline"))
            return Array.ConvertAll(args, Encoding.UTF8.GetBytes);
        byte[] raw = File.ReadAllBytes("/proc/self/cmdline");
        var words = new List<byte[]>();
        foreach (Range range in raw.AsSpan().TrimEnd((byte)0).Split((byte)0))
            words.Add(raw[range]);
        return [.. words[^args.Length..]];
    }

    internal static byte* Copy(ReadOnlySpan<byte> text)
    {
        byte* copy = Libc.Allocate(text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        return copy;
    }
}
