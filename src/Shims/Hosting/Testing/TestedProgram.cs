namespace Shims.Hosting;

/// <summary>A program under test: takes the handler that it gives to <see cref="Shim"/> instead of serving it.</summary>
internal sealed class TestedProgram
{
    /// <summary>False in a program that is served: it asks for nothing that belongs to a thread.</summary>
    private static volatile bool s_isTest;

    [ThreadStatic]
    private static TestedProgram? s_expected;

    /// <summary>The handler, once the program has got there.</summary>
    internal Action<CgiRequest, CgiResponse>? Handler { get; private set; }

    internal ShimOptions? Options { get; private set; }

    /// <summary>Takes the handler, if this thread runs a program under test.</summary>
    /// <returns>False if it is to be served.</returns>
    internal static bool Takes(Action<CgiRequest, CgiResponse> handler, ShimOptions? options)
    {
        if (!s_isTest || s_expected is not { } program)
            return false;
        (program.Handler, program.Options) = (handler, options);
        return true;
    }

    /// <summary>Runs a program up to its call of <see cref="Shim"/>, and what comes after it.</summary>
    /// <exception cref="InvalidOperationException">It has not called it.</exception>
    internal static TestedProgram Run(Func<int> program)
    {
        var tested = new TestedProgram();
        s_isTest = true;
        s_expected = tested;
        int status;
        try
        {
            status = program();
        }
        finally
        {
            s_expected = null;
        }
        return tested.Handler is not null ? tested
            : throw new InvalidOperationException(
                $"The program ended with the exit status {status} and has not called Shim.Run on the thread that it was started on.");
    }
}
