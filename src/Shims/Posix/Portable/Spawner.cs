using System.Runtime.InteropServices;
using System.Text;

namespace Shims.Posix;

/// <summary>Starts scripts by the function with which .NET starts processes. From one thread only.</summary>
/// <remarks>
/// That function gives a process the standard descriptors of this one. So the script's take their numbers for that moment, under <see cref="Libc.Standard"/>. What it cannot do: a process group,
/// a signal when this process ends, descriptor 3, SIGPIPE as by default, and limits, for which a shell stands in.
/// </remarks>
internal sealed unsafe class Spawner : IScriptLauncher
{
    private const int StandardCount = 3;

    /// <inheritdoc/>
    public int Start(ref LaunchPlan plan, out int processDescriptor)
    {
        plan.FailedAt = LaunchStep.None;
        processDescriptor = -1;
        Children.Watch();
        if (plan.Data >= 0)
            return Fail(ref plan, LaunchStep.Descriptors, Errno.ENOSYS);
        string directory = plan.HeldName != null && DescriptorNote.Of(plan.HeldDirectory)?.Path is { } held ? held : TextOf(plan.Directory);
        string script = plan.HeldName != null ? $"{directory.TrimEnd('/')}/{TextOf(plan.HeldName)}" : TextOf(plan.Path);
        if (!Libc.TryGetStatus(BytesOf(directory), follow: true, out FileStatus place) || !place.IsDirectory)
            return Fail(ref plan, LaunchStep.Directory, Libc.Errno);
        if (!Libc.CreatePipe(shimReads: true, out processDescriptor, out int end))
            return Fail(ref plan, LaunchStep.Fork, Libc.Errno);
        fixed (byte* directoryPath = BytesOf(directory), scriptPath = BytesOf(script))
        {
            int process = Start(ref plan, directoryPath, plan.Interpreter != null ? plan.Interpreter : scriptPath);
            if (process >= 0)
            {
                Children.Add(process, end);
                return process;
            }
        }
        Libc.Close(end);
        Libc.Close(processDescriptor);
        processDescriptor = -1;
        return -1;
    }

    public bool TryReap(int process, out ExitStatus status) => Children.TryReap(process, out status);

    /// <summary>Only the script itself: it has no group of its own.</summary>
    public void SignalGroup(int leader, int number) => Children.Signal(leader, number);

    private static int Start(ref LaunchPlan plan, byte* directory, byte* program)
    {
        byte** arguments = plan.Arguments, limited = null;
        if (plan.CpuSeconds > 0 || plan.AddressSpace > 0)
        {
            limited = arguments = Limited(plan, program);
            program = arguments[0];
        }
        int process = -1, error = 0;
        lock (Libc.Standard)
        {
            Span<int> kept = stackalloc int[StandardCount];
            for (int number = 0; number < StandardCount; number++)
                kept[number] = Libc.DuplicateAboveStandard(number);
            int none;
            if (kept.IndexOf(-1) >= 0 || !TryPut(plan.Input, 0) || !TryPut(plan.Output, 1) || !TryPut(plan.Error, 2))
                error = Errno.EMFILE;
            else if (SystemNative.ForkAndExecProcess(program, arguments, plan.Environment, directory, 0, 0, 0, 0, 0, 0, null, 0, &process, &none, &none, &none) != 0)
                error = SystemNative.ConvertErrorPlatformToPal(Marshal.GetLastPInvokeError());
            for (int number = 0; number < StandardCount; number++)
            {
                if (kept[number] < 0)
                    continue;
                TryPut(kept[number], number);
                SystemNative.Close(kept[number]);
            }
        }
        if (limited != null)
            Release(limited);
        return error == 0 ? process : Fail(ref plan, error is Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE ? LaunchStep.Fork : LaunchStep.Exec, error);
    }

    /// <summary>The command line of a shell that sets the limits and becomes the script. ulimit of POSIX knows files alone; what sets processor time and memory is in every shell that is used.</summary>
    private static byte** Limited(in LaunchPlan plan, byte* program)
    {
        var commands = new StringBuilder();
        if (plan.CpuSeconds > 0)
            commands.Append($"ulimit -S -t {plan.CpuSeconds} && ulimit -H -t {plan.CpuSeconds + 1} && ");
        if (plan.AddressSpace > 0)
            commands.Append($"ulimit -v {plan.AddressSpace / 1024} && ");
        commands.Append("exec \"$0\" \"$@\"");
        int count = 0;
        while (plan.Arguments[count] != null)
            count++;
        string[] words = ["/bin/sh", "-c", commands.ToString(), TextOf(program)];
        var table = (byte**)NativeMemory.Alloc((nuint)((words.Length + count + 1) * sizeof(byte*)));
        for (int i = 0; i < words.Length; i++)
            table[i] = CopyOf(BytesOf(words[i]));
        for (int i = 1; i < count; i++)
            table[words.Length + i - 1] = CopyOf(new ReadOnlySpan<byte>(plan.Arguments[i], Libc.LengthOf(plan.Arguments[i]) + 1));
        table[words.Length + Math.Max(0, count - 1)] = null;
        return table;
    }

    private static byte* CopyOf(ReadOnlySpan<byte> bytes)
    {
        var copy = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
        bytes.CopyTo(new Span<byte>(copy, bytes.Length));
        return copy;
    }

    private static void Release(byte** table)
    {
        for (int i = 0; table[i] != null; i++)
            NativeMemory.Free(table[i]);
        NativeMemory.Free(table);
    }

    /// <summary>Puts an open file in the place of a standard descriptor, to be inherited. The runtime's functions choose the number: the lowest that is free.</summary>
    private static bool TryPut(int descriptor, int number)
    {
        if (descriptor == number)
            return SystemNative.FcntlSetFD(number, 0) == 0;
        SystemNative.Close(number);
        nint copy = SystemNative.Dup(descriptor);
        return copy == number && SystemNative.FcntlSetFD(number, 0) == 0;
    }

    private static int Fail(ref LaunchPlan plan, LaunchStep step, int error)
    {
        (plan.FailedAt, plan.Errno) = (step, error);
        return -1;
    }

    private static string TextOf(byte* nulTerminated) => Encoding.Latin1.GetString(nulTerminated, Libc.LengthOf(nulTerminated));

    private static byte[] BytesOf(string text) => Encoding.Latin1.GetBytes(text + "\0");
}
