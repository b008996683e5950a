using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Shims.Buffers;
using Shims.Posix;

namespace Shims.Cgi;

/// <summary>From a request to everything the kernel wants to know to run its script. Allocates and throws nothing.</summary>
internal static unsafe class ScriptLaunch
{
    /// <summary>The memory that a request needs, header included: a few copies of the paths and values in it, and the variables that do not come from it.</summary>
    /// <param name="headerLength">Bytes of the request's variables.</param>
    /// <param name="policy">Its settings take room too.</param>
    internal static int MemoryFor(int headerLength, in EnvironmentPolicy policy)
    {
        // A name and a value, the shortest of them, take three bytes of the header and an entry of the table.
        int copies = 16, besides = 64 * 1024 + VariableTable.MemoryFor(Math.Min(headerLength / 3, CgiVariables.MaxCount));
        int settings = 0;
        if (policy.Set is not null)
        {
            foreach (byte[] setting in policy.Set)
                settings += setting.Length + 1;
        }
        if (policy.Inherited is not null)
            settings += policy.Inherited.Settings.Length;
        settings += policy.Reserved;
        return copies * headerLength + besides + settings;
    }

    /// <summary>Finds the script and makes its arguments and environment.</summary>
    /// <param name="target">The script or directory that may be run.</param>
    /// <param name="variables">Those of the request.</param>
    /// <param name="bodyLength">Bytes of body that the script will find on its standard input.</param>
    /// <param name="policy">The options for the environment.</param>
    /// <param name="memory">The memory for all of it.</param>
    /// <param name="plan">Complete but for descriptors and limits, if the result is Found. The path is set as soon as it is known.</param>
    /// <param name="holdsBack">True if a variable was held back that an administrator may miss: see <see cref="HeldBackNames"/>.</param>
    internal static Resolution Prepare(scoped in ScriptTarget target, CgiVariables variables, long bodyLength, scoped in EnvironmentPolicy policy, scoped ref Arena memory, out LaunchPlan plan, out bool holdsBack)
    {
        plan = default;
        plan.Data = -1;
        holdsBack = false;
        if (!VariableTable.TryMake(variables, ref memory, out VariableTable request))
            return Resolution.TooLong;
        Resolution resolution = ScriptResolver.Resolve(target, request, ref memory, out ScriptLocation script);
        if (resolution != Resolution.Found)
            return resolution;
        plan.Path = PointerTo(script.File);
        plan.Directory = DirectoryOf(script.File, ref memory);
        plan.HeldName = script.Held.Name;
        plan.HeldDirectory = script.Held.Directory;
        scoped ref readonly EnvironmentPolicy environmentPolicy = ref policy;
        if (target.Options is { } options)
        {
            plan.Section = options.FindSection(target, script.File);
            ScriptSection? section = plan.Section == 0 ? null : options.Sections[plan.Section - 1];
            if (section is not null)
            {
                environmentPolicy = ref section.Environment;
                (plan.CpuSeconds, plan.AddressSpace) = (section.CpuSeconds, section.AddressSpace);
            }
            resolution = InterpretedFile.Examine(target, options, section, ref script, ref memory, out plan.Interpreter);
            if (resolution != Resolution.Found)
            {
                plan.Release();
                return resolution;
            }
            if (script.IsInterpreted)
            {
                plan.Path = PointerTo(script.File);
                plan.Directory = DirectoryOf(script.File, ref memory);
            }
        }

        var writer = new EnvironmentWriter(memory.Rest);
        holdsBack = CgiEnvironment.Write(ref writer, request, script, bodyLength, environmentPolicy);
        if (writer.IsFull || plan.Directory == null)
            return GiveUp(ref plan);
        byte* environment = PointerTo(memory.Rest);
        memory.Keep(writer.Length);
        plan.Environment = PointersTo(new ReadOnlySpan<byte>(environment, writer.Length), writer.Count, ref memory);
        plan.Arguments = plan.Interpreter == null ? ArgumentsFor(plan.Path, null, target, ref memory)
            : ArgumentsFor(plan.Interpreter, plan.HeldName != null ? plan.HeldName : plan.Path, target, ref memory);
        return plan.Environment == null || plan.Arguments == null ? GiveUp(ref plan) : Resolution.Found;
    }

    private static Resolution GiveUp(ref LaunchPlan plan)
    {
        plan.Release();
        return Resolution.TooLong;
    }

    private static byte* DirectoryOf(ReadOnlySpan<byte> path, scoped ref Arena memory)
    {
        int length = Math.Max(1, path.LastIndexOf((byte)'/'));
        Span<byte> directory = memory.Take(length + 1);
        if (directory.IsEmpty)
            return null;
        path[..length].CopyInto(directory);
        directory[length] = 0;
        return PointerTo(directory);
    }

    /// <summary>argv[0] is the program, and the query never becomes an argument (CVE-2012-1823).</summary>
    /// <param name="file">The file that the program is to run; null if the program is the script.</param>
    private static byte** ArgumentsFor(byte* program, byte* file, scoped in ScriptTarget target, scoped ref Arena memory)
    {
        Span<byte> table = memory.Take((target.ArgumentCount + 3) * sizeof(byte*));
        if (table.IsEmpty)
            return null;
        var arguments = (byte**)PointerTo(table);
        int count = 0;
        arguments[count++] = program;
        if (file != null)
            arguments[count++] = file;
        for (int i = 0; i < target.ArgumentCount; i++)
            arguments[count++] = target.Arguments[i];
        arguments[count] = null;
        return arguments;
    }

    private static byte** PointersTo(ReadOnlySpan<byte> strings, int count, scoped ref Arena memory)
    {
        Span<byte> table = memory.Take((count + 1) * sizeof(byte*));
        if (table.IsEmpty)
            return null;
        var pointers = (byte**)PointerTo(table);
        for (int i = 0; i < count; i++)
        {
            pointers[i] = PointerTo(strings);
            strings = strings[(strings.IndexOf((byte)0) + 1)..];
        }
        pointers[count] = null;
        return pointers;
    }

    /// <summary>The address of memory that does not move.</summary>
    private static byte* PointerTo(ReadOnlySpan<byte> fixedMemory) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(fixedMemory));
}
