using System.Text;
using Shims.Cgi;
using Shims.Diagnostics;
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

    /// <summary>.NET replaces bytes that are not UTF-8; then, and only then, the kernel's copy is read.</summary>
    private static byte[][] ToBytes(string[] args)
    {
        if (!Array.Exists(args, static word => word.Contains('\uFFFD')))
            return Array.ConvertAll(args, Encoding.UTF8.GetBytes);
        byte[] raw = File.ReadAllBytes("/proc/self/cmdline");
        var words = new List<byte[]>();
        foreach (Range range in raw.AsSpan().TrimEnd((byte)0).Split((byte)0))
            words.Add(raw[range]);
        return [.. words[^args.Length..]];
    }

    private static byte* Copy(ReadOnlySpan<byte> text)
    {
        byte* copy = Libc.Allocate(text.Length + 1);
        text.CopyTo(new Span<byte>(copy, text.Length));
        copy[text.Length] = 0;
        return copy;
    }
}
