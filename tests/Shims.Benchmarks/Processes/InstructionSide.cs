using Shims.Benchmarks.Measuring;
using Shims.Testing;

namespace Shims.Benchmarks.Processes;

/// <summary>A program that becomes a script. A sample is the number of its instructions until then.</summary>
internal sealed class InstructionSide(string program) : ISide
{
    public async Task<double[]> MeasureAsync(Effort effort)
    {
        using var request = new StoredRequest();
        return [await request.CountInstructionsAsync(program)];
    }
}
