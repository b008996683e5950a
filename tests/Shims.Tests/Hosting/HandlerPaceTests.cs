using System.Diagnostics;
using Shims.Hosting;

namespace Shims.Tests.Hosting;

public sealed class HandlerPaceTests
{
    private const long Quick = 0;

    private static readonly long s_slow = Stopwatch.Frequency;

    private readonly HandlerPace _pace;
    private int _collections;

    public HandlerPaceTests() => _pace = new HandlerPace(() => _collections);

    [Fact]
    public void One_slow_handler_changes_nothing()
    {
        Run(s_slow);
        Assert.True(_pace.IsQuick);
    }

    [Fact]
    public void Handlers_are_slow_after_a_few_slow_ones_until_many_have_been_quick()
    {
        for (int i = 0; i < 100; i++)
            Run(s_slow);
        for (int i = 0; i < 100; i++)
        {
            Assert.False(_pace.IsQuick);
            Run(Quick);
        }
        for (int i = 0; i < 200; i++)
            Run(Quick);
        Assert.True(_pace.IsQuick);
    }

    [Fact]
    public void One_slow_handler_in_fifty_makes_them_slow_and_one_in_a_hundred_does_not()
    {
        Assert.True(AfterOneSlowIn(100));
        Assert.False(AfterOneSlowIn(50));
    }

    [Fact]
    public void The_collection_of_garbage_is_not_taken_for_a_slow_handler()
    {
        for (int i = 0; i < 10; i++)
        {
            _collections++;
            Run(s_slow);
        }
        Assert.True(_pace.IsQuick);
    }

    private bool AfterOneSlowIn(int count)
    {
        for (int i = 0; i < 100 * count; i++)
            Run(i % count == 0 ? s_slow : Quick);
        return _pace.IsQuick;
    }

    private void Run(long ticks) => _pace.Ran(ticks);
}
