using Shims.Cgi;
using Shims.Posix;

namespace Shims.Tests.Cgi;

/// <summary>What the kernel would be told to run for a request: the outcome of <see cref="ScriptLaunch.Prepare"/> as text.</summary>
internal sealed unsafe class PreparedScript
{
    internal Resolution Resolution { get; private init; }

    internal string Path { get; private init; } = "";

    internal string Directory { get; private init; } = "";

    internal string[] Arguments { get; private init; } = [];

    /// <summary>NAME=VALUE strings in their order.</summary>
    internal string[] Environment { get; private init; } = [];

    /// <summary>The value of a variable, which may be there only once; null if there is none.</summary>
    internal string? this[string name] => Environment.SingleOrDefault(variable => variable.StartsWith(name + "=", StringComparison.Ordinal))?[(name.Length + 1)..];

    internal static PreparedScript For(CommandLineTarget target, RequestBlock request, EnvironmentPolicy policy = default, long bodyLength = 0)
    {
        byte[] payload = request.ToPayload();
        return For(target, payload, ScriptLaunch.MemoryFor(payload.Length, policy), policy, bodyLength);
    }

    /// <param name="memorySize">How much memory the request gets.</param>
    internal static PreparedScript For(CommandLineTarget target, byte[] payload, int memorySize, EnvironmentPolicy policy = default, long bodyLength = 0)
    {
        Arena memory = Arena.Create(memorySize);
        try
        {
            Resolution resolution = ScriptLaunch.Prepare(target.Target, new CgiVariables(payload), bodyLength, policy, ref memory, out LaunchPlan plan, out bool holdsBack);
            return resolution != Resolution.Found ? new PreparedScript { Resolution = resolution } : new PreparedScript
            {
                Resolution = resolution,
                Path = TextAt(plan.Path),
                Directory = TextAt(plan.Directory),
                Arguments = Texts(plan.Arguments),
                Environment = Texts(plan.Environment),
            };
        }
        finally
        {
            memory.Release();
        }
    }

    private static string TextAt(byte* text) => Latin1.Text(new ReadOnlySpan<byte>(text, Libc.LengthOf(text)));

    private static string[] Texts(byte** table)
    {
        var texts = new List<string>();
        for (; *table != null; table++)
            texts.Add(TextAt(*table));
        return [.. texts];
    }
}
