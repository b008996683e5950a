using Shims.Benchmarks.Measuring;
using Shims.Benchmarks.Rows;

namespace Shims.Benchmarks;

/// <summary>The rows, in the order of the table. A new row is a new class in Rows/ and a line here.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<IBenchmark> Rows { get; } =
    [
        new ScgiExecAgainstDynamicC(),
        new ScgiExecAgainstStaticC(),
        new FcgiNowaitAgainstC(),
        new FcgiNowaitAgainstEmptyProgram(),
        new ScgiStartAgainstFcgiwrap(),
        new FcgiStartAgainstFcgiwrap(),
        new ScgiWaitAgainstFcgiwrap(),
        new ScgiWaitAgainstC(),
        new FcgiWaitAgainstFcgiwrap(),
        new InetdAgainstC(),
        new HandlerNowaitAgainstEmptyProgram(),
        new HandlerNowaitAgainstPython(),
        new HandlerWaitAgainstKestrel(),
    ];
}
